"""Records out and in as spreadsheets: people, defendants, facts, timeline entries and sources of one exhibit."""
