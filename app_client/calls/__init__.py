"""Calls (电话): dialling, timing and logging one."""
