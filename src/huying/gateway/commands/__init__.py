"""What people ask of the switch: taken from the table, checked against what is going on, carried out, answered once."""
