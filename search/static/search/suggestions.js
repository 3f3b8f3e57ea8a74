// Completes what is typed into a search box: the combobox of WAI-ARIA with a list of links' titles.
// Without this file the box is a box, and the page of results says as much.
const PATIENCE_MS = 150;
const SHORTEST = 2;

function listFor(box) {
  const list = document.createElement("ul");
  list.id = `${box.id}-suggestions`;
  list.className = "search-suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.dataset.suggestLabel);
  list.hidden = true;
  return list;
}

function optionFor(found, id) {
  const option = document.createElement("li");
  option.id = id;
  option.className = "search-suggestions__option";
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  option.dataset.url = found.url;
  const type = document.createElement("span");
  type.className = "search-suggestions__type";
  type.textContent = found.type;
  option.append(found.title, " ", type);
  return option;
}

function statusAfter(list) {
  const status = document.createElement("div");
  status.className = "govuk-visually-hidden";
  status.setAttribute("role", "status");
  list.after(status);
  return status;
}

class Suggestions {
  constructor(box) {
    this.box = box;
    this.list = listFor(box);
    // A box of its own to hang the list from: the button stands beside it.
    const holder = document.createElement("div");
    holder.className = "search-suggest";
    const hadFocus = document.activeElement === box;
    box.replaceWith(holder);
    holder.append(box, this.list);
    this.status = statusAfter(this.list);
    // Escape empties a field of type "search" in some browsers; here it closes the list first.
    box.type = "text";
    box.enterKeyHint = "search";
    box.autocomplete = "off";
    box.setAttribute("role", "combobox");
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-controls", this.list.id);
    box.setAttribute("aria-expanded", "false");
    if (hadFocus) box.focus();
    this.active = -1;
    box.addEventListener("input", () => this.waitAndAsk());
    box.addEventListener("keydown", (event) => this.press(event));
    box.addEventListener("blur", () => this.close());
    // Pressing the mouse would take the focus away, and with it the list, before the click.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.follow(option);
    });
  }

  get options() {
    return [...this.list.children];
  }

  waitAndAsk() {
    clearTimeout(this.timer);
    this.asking?.abort();
    const words = this.box.value;
    if (words.trim().length < SHORTEST) {
      this.close();
      return;
    }
    this.timer = setTimeout(() => this.ask(words), PATIENCE_MS);
  }

  async ask(words) {
    this.asking = new AbortController();
    const address = `${this.box.dataset.suggest}?${new URLSearchParams({ q: words })}`;
    try {
      const answer = await fetch(address, { signal: this.asking.signal });
      const { suggestions } = await answer.json();
      if (this.box.value === words && document.activeElement === this.box) this.show(suggestions);
    } catch {
      // Signed out, asked too often, offline: the box still searches.
      if (this.box.value === words) this.close();
    }
  }

  show(found) {
    this.choose(-1);
    this.list.replaceChildren(
      ...found.map((one, place) => optionFor(one, `${this.list.id}-${place}`)),
    );
    this.open(found.length > 0);
    this.status.textContent = found.length
      ? this.box.dataset.suggestCount.replace("0", found.length)
      : "";
  }

  open(isOpen) {
    this.list.hidden = !isOpen;
    this.box.setAttribute("aria-expanded", String(isOpen));
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.choose(-1);
    this.open(false);
    this.status.textContent = "";
  }

  choose(place) {
    this.active = place;
    this.options.forEach((option, number) => {
      option.setAttribute("aria-selected", String(number === place));
    });
    const option = this.options[place];
    if (option) {
      this.box.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      this.box.removeAttribute("aria-activedescendant");
    }
  }

  follow(option) {
    this.close();
    window.location.assign(option.dataset.url);
  }

  press(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.move(event);
    } else if (event.key === "Enter" && !this.list.hidden && this.active >= 0) {
      event.preventDefault();
      this.follow(this.options[this.active]);
    }
  }

  move(event) {
    const many = this.options.length;
    if (!many || this.box.value.trim().length < SHORTEST) return;
    event.preventDefault();
    if (this.list.hidden) {
      this.open(true);
      return;
    }
    // Before the first and after the last stands what was typed.
    const step = event.key === "ArrowDown" ? 1 : -1;
    const next = ((this.active + 1 + step + many + 1) % (many + 1)) - 1;
    this.choose(next);
  }
}

for (const box of document.querySelectorAll("[data-suggest]")) new Suggestions(box);
