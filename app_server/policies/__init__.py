"""The policy (要求) as a bank keeps it: where its calendar comes from. The rule itself is shared_models/policy.py's."""
