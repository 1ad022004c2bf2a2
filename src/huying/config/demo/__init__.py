"""The demonstration city (issue, section 12): two centres, their people, and ninety days of orders of our own invention.

The divisions of 防城港 are public facts; communities, people, phones and every word said are made up. Whatever is still
open, or went an odd way, was really done by the operations under a stopped clock (`player`); what closed in the usual
way long ago is written as those would have written it (`ledger`), which a test compares row by row.
"""
