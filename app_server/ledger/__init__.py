"""The ledger (台账): activities appended and the advisor-days refolded from them. Who may append what is sync's business."""
