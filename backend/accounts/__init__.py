"""The people of the house: units, roles with dates, sign-in, sessions, and the guards of every staff door."""
