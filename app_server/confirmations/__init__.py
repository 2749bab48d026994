"""Confirmations (客户确认): the code on an outlet's screen, the code sent to a customer, and what one that was read out is worth."""
