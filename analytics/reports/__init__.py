"""Link charts and reports: rendering only. Nothing here reads a store; what is drawn is what a view already let through."""
