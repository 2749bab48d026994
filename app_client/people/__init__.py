"""People (人员): the staff below a head, their sign-ins and devices, and the log of what was changed."""
