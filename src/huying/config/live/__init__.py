"""The process `live`: what happens to orders, told to the browsers of those who may know, within moments."""
