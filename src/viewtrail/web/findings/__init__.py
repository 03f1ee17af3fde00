"""What the pages about findings are made of: lists, one finding's parts, and what people do about it."""
