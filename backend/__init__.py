"""anfu (安抚): the complaint line of a securities brokerage."""

__version__ = "0.1.0"
