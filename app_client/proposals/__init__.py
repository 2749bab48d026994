"""Proposals (三款产品): what suits this customer, and how they answered."""
