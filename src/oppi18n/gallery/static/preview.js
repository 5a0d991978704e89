"use strict";
// The server names its version whenever a file has changed; a page of another version is out of date.
const shown = document.documentElement.dataset.version;
new EventSource("events").onmessage = (event) => {
  if (event.data !== shown) location.reload();
};
