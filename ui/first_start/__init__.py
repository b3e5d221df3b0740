"""The window's first start: welcome, six short pages, and the till is ready. Imported only when needed."""
