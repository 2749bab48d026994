"""Who is calling: passwords, tokens, devices and throttling. What a caller may see is org's and each capability's."""
