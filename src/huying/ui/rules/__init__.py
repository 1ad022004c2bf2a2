"""How data is worded and shaped on screen (screens.md "Shapes of data"); pure, no Django."""
