'use strict';

// Draws what api/state tells. Text from outside only ever becomes the text of a node: the page's policy refuses markup made of
// text altogether. Nodes are made once and then changed in place, so that focus, selection and what was opened stay.
(() => {
  const POLL_MS = 2000;
  const RETRY_MS = 3000;
  const PATIENCE_MS = 10000;
  const TOKEN_KEY = 'wellhead.console.token';
  const SVG = 'http://www.w3.org/2000/svg';

  const byId = (id) => document.getElementById(id);

  // ---------------------------------------------------------------------------------------------------------- nodes

  function node(tag, properties, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(properties || {})) {
      if (value !== null && value !== undefined) made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  }

  function drawn(tag, attributes) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes || {})) made.setAttribute(name, value);
    return made;
  }

  function say(where, text) {
    const wanted = text === null || text === undefined ? '' : String(text);
    if (where.textContent !== wanted) where.textContent = wanted;
  }

  function attribute(where, name, value) {
    if (value === null || value === undefined) where.removeAttribute(name);
    else if (where.getAttribute(name) !== String(value)) where.setAttribute(name, value);
  }

  function show(where, shown) {
    if (where.hidden === shown) where.hidden = !shown;
  }

  /** Makes the children of a node those of the items, keeping the nodes of keys that stay. */
  function keep(parent, items, keyOf, make) {
    const known = parent.known || (parent.known = new Map());
    const wanted = new Map();
    let place = parent.firstElementChild;
    items.forEach((item, index) => {
      let key = keyOf(item, index);
      while (wanted.has(key)) key += '+';
      let one = known.get(key);
      if (!one) one = make(item);
      wanted.set(key, one);
      one.update(item, index);
      if (one.root === place) place = place.nextElementSibling;
      else parent.insertBefore(one.root, place);
    });
    for (const [key, one] of known) if (wanted.get(key) !== one) one.root.remove();
    parent.known = wanted;
  }

  // ---------------------------------------------------------------------------------------------------------- words

  const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
  const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
  const known = (value) => value !== null && value !== undefined && !Number.isNaN(value);
  const count = (value) => (known(value) ? (Math.abs(value) < 100000 ? whole.format(value) : compact.format(value)) : '–');
  const digits = (value, most) => String(Number(value.toFixed(value >= 10 ? 0 : most)));

  function millis(value) {
    if (!known(value)) return '–';
    if (value < 0) return '-' + millis(-value);
    if (value === 0) return '0 ms';
    if (value < 1) return value < 0.001 ? '<1 µs' : digits(value * 1000, 0) + ' µs';
    if (value < 1000) return digits(value, 1) + ' ms';
    if (value < 60000) return digits(value / 1000, 1) + ' s';
    return long(value);
  }

  function long(value) {
    const seconds = Math.floor(value / 1000);
    const parts = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];
    const first = parts.findIndex(([size]) => seconds >= size);
    if (first < 0) return '0 s';
    const [size, unit] = parts[first];
    const head = Math.floor(seconds / size) + ' ' + unit;
    if (first === parts.length - 1) return head;
    const [nextSize, nextUnit] = parts[first + 1];
    const rest = Math.floor((seconds % size) / nextSize);
    return rest === 0 || Math.floor(seconds / size) >= 10 ? head : head + ' ' + rest + ' ' + nextUnit;
  }

  const ago = (value) => (known(value) ? (value < 1000 ? 'just now' : long(value) + ' ago') : '–');
  const rate = (value) => (known(value) ? (value !== 0 && value < 10 ? digits(value, 1) : count(value)) + '/s' : '–');
  const percent = (value) => (known(value) ? (value > 0.995 && value < 1 ? '>99' : Math.round(value * 100)) + ' %' : '–');

  function bytes(value) {
    if (!known(value)) return '–';
    const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
    let unit = 0;
    let scaled = value;
    while (scaled >= 1000 && unit < units.length - 1) {
      scaled /= 1000;
      unit++;
    }
    return (unit === 0 ? scaled : digits(scaled, 1)) + ' ' + units[unit];
  }

  const ratio = (part, rest) => (part + rest > 0 ? part / (part + rest) : null);
  const plural = (amount, one, many) => count(amount) + ' ' + (amount === 1 ? one : many);
  const words = (name) => name.toLowerCase().replaceAll('_', ' ');
  const TONES = { UP: 'good', DEGRADED: 'warn', DOWN: 'bad' };

  // ---------------------------------------------------------------------------------------------------------- history

  const history = { end: 0, moments: [], uptime: 0, periodMs: 1000, most: 600, series: new Map(), rangeMs: 600000 };
  /** The moment that the marker of all plots stands at; null for none. */
  let marked = null;
  const plots = new Set();

  function remember(data) {
    const fresh = data.end - data.moments.length !== history.end || data.uptimeMs < history.uptime;
    if (fresh) {
      history.moments = [];
      history.series.clear();
    }
    history.end = data.end;
    history.uptime = data.uptimeMs;
    history.periodMs = data.periodMs;
    history.most = data.samples;
    append(history.moments, data.moments);
    for (const card of data.cards) {
      for (const [name, values] of Object.entries(card.series)) {
        const key = card.id + '/' + name;
        if (!history.series.has(key)) history.series.set(key, []);
        append(history.series.get(key), values);
      }
    }
  }

  function append(all, more) {
    for (const one of more) all.push(one);
    if (all.length > history.most) all.splice(0, all.length - history.most);
  }

  // ---------------------------------------------------------------------------------------------------------- plots

  const HEIGHT = 132;
  const EDGE = { left: 54, right: 10, top: 8, bottom: 20 };

  /** A plot of series of one card over time; {series: [{key, label, look, area}], format, least}. */
  function plot(cardId, title, options) {
    const svg = drawn('svg', {
      role: 'slider', tabindex: '0', 'aria-label': title + ' over time', 'aria-orientation': 'horizontal', height: HEIGHT,
    });
    const grid = drawn('g', { 'aria-hidden': 'true' });
    const lines = drawn('g', { 'aria-hidden': 'true' });
    const marker = drawn('g', { 'aria-hidden': 'true' });
    svg.append(grid, lines, marker);
    const when = node('span', { class: 'soft' });
    const legend = node('ul', { class: 'legend' });
    const entries = options.series.map((one) => {
      const value = node('b');
      legend.append(node('li', {}, node('i', { class: 'swatch s-' + one.look, 'aria-hidden': 'true' }), one.label, ' ', value));
      const line = drawn('path', { class: 's-' + one.look });
      const area = one.area ? drawn('path', { class: 'area' }) : null;
      if (area) lines.append(area);
      lines.append(line);
      return { ...one, value, line, area };
    });
    const none = drawn('text', { 'text-anchor': 'middle' });
    const root = node('div', { class: 'plot' }, node('div', { class: 'plot-head' }, node('h3', {}, title), when, legend), svg);

    const values = (key) => history.series.get(cardId + '/' + key) || [];
    const last = () => history.moments[history.moments.length - 1] || 0;
    const width = () => Math.max(svg.clientWidth, 120);
    const xOf = (moment) =>
      EDGE.left + (1 - (last() - moment) / history.rangeMs) * (width() - EDGE.left - EDGE.right);

    function firstShown() {
      const from = last() - history.rangeMs;
      let low = 0;
      while (low < history.moments.length && history.moments[low] < from) low++;
      return low;
    }

    /** Returns the top of the scale: a round number that is not below the largest value. */
    function top(from) {
      let most = 0;
      for (const entry of entries) {
        const all = values(entry.key);
        for (let i = from; i < all.length; i++) if (known(all[i]) && all[i] > most) most = all[i];
      }
      if (options.most) return options.most;
      const wanted = Math.max(most * 1.05, options.least || 0);
      const power = Math.pow(10, Math.floor(Math.log10(wanted || 1)));
      const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((each) => each * power >= wanted) || 10;
      return options.whole ? Math.max(2, Math.ceil((step * power) / 2) * 2) : step * power;
    }

    function path(all, from, yOf, closed) {
      const base = HEIGHT - EDGE.bottom;
      let text = '';
      let begun = null;
      let before = null;
      const end = () => {
        if (closed && begun !== null) text += 'L' + before + ' ' + base + 'L' + begun + ' ' + base + 'Z';
        begun = null;
      };
      for (let i = from; i < all.length; i++) {
        const gap = i > from && history.moments[i] - history.moments[i - 1] > 3.5 * history.periodMs;
        if (!known(all[i]) || gap) end();
        if (!known(all[i])) continue;
        const x = xOf(history.moments[i]).toFixed(1);
        text += (begun === null ? 'M' : 'L') + x + ' ' + yOf(all[i]).toFixed(1);
        // A value that stands alone is a dot, not nothing.
        if (begun === null && (i + 1 >= all.length || !known(all[i + 1]))) text += 'h0.5';
        if (begun === null) begun = x;
        before = x;
      }
      end();
      return text;
    }

    function text(x, y, anchor, words) {
      const made = drawn('text', { x, y, 'text-anchor': anchor });
      made.textContent = words;
      return made;
    }

    function draw() {
      const wide = width();
      attribute(svg, 'viewBox', '0 0 ' + wide + ' ' + HEIGHT);
      const from = firstShown();
      const scale = top(from);
      const base = HEIGHT - EDGE.bottom;
      const yOf = (value) => base - (Math.min(value, scale) / scale) * (base - EDGE.top);
      const parts = [];
      for (const share of [0, 0.5, 1]) {
        const y = Math.round(yOf(scale * share)) + 0.5;
        parts.push(drawn('line', { class: share === 0 ? 'base' : 'grid', x1: EDGE.left, x2: wide - EDGE.right, y1: y, y2: y }));
        parts.push(text(EDGE.left - 7, y + 3.5, 'end', options.format(scale * share)));
      }
      const steps = history.rangeMs / 60000;
      const ticks = wide < 440
        ? { 1: [60, 30, 0], 5: [5, 3, 1, 0], 10: [10, 5, 0] }[steps]
        : { 1: [60, 45, 30, 15, 0], 5: [5, 4, 3, 2, 1, 0], 10: [10, 8, 6, 4, 2, 0] }[steps];
      for (const tick of ticks) {
        const back = steps === 1 ? tick * 1000 : tick * 60000;
        const x = xOf(last() - back);
        const label = tick === 0 ? 'now' : '−' + tick + (steps === 1 ? ' s' : ' min');
        parts.push(text(x, HEIGHT - 5, tick === 0 ? 'end' : tick === ticks[0] ? 'start' : 'middle', label));
      }
      const any = entries.some((entry) => values(entry.key).some((value, i) => i >= from && known(value)));
      if (!any) {
        attribute(none, 'x', (wide + EDGE.left) / 2);
        attribute(none, 'y', (base + EDGE.top) / 2 + 4);
        say(none, options.none || 'nothing measured yet');
        parts.push(none);
      }
      grid.replaceChildren(...parts);
      for (const entry of entries) {
        const all = values(entry.key);
        attribute(entry.line, 'd', path(all, from, yOf, false) || null);
        if (entry.area) attribute(entry.area, 'd', path(all, from, yOf, true) || null);
      }
      mark(from, yOf);
    }

    function mark(from, yOf) {
      const moments = history.moments;
      let at = moments.length - 1;
      if (marked !== null) {
        while (at > from && Math.abs(moments[at - 1] - marked) <= Math.abs(moments[at] - marked)) at--;
      }
      const parts = [];
      if (marked !== null && at >= 0) {
        const x = xOf(moments[at]);
        parts.push(drawn('line', { class: 'marker', x1: x, x2: x, y1: EDGE.top, y2: HEIGHT - EDGE.bottom }));
        for (const entry of entries) {
          const value = values(entry.key)[at];
          if (known(value)) parts.push(drawn('circle', { class: 's-' + entry.look, cx: x, cy: yOf(value), r: 3 }));
        }
      }
      marker.replaceChildren(...parts);
      const back = at < 0 || marked === null ? 0 : last() - moments[at];
      say(when, marked === null ? '' : back < 500 ? 'now' : long(back) + ' ago');
      const told = [];
      for (const entry of entries) {
        const value = options.format(at < 0 ? null : values(entry.key)[at]);
        say(entry.value, value);
        told.push(entry.label + ' ' + value);
      }
      attribute(svg, 'aria-valuemin', -Math.round(history.rangeMs / 1000));
      attribute(svg, 'aria-valuemax', 0);
      attribute(svg, 'aria-valuenow', -Math.round(back / 1000));
      attribute(svg, 'aria-valuetext', (back < 500 ? 'now' : long(back) + ' ago') + ': ' + told.join(', '));
    }

    function move(event) {
      const steps = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key];
      const moments = history.moments;
      if (event.key === 'Escape') setMark(null);
      else if (event.key === 'Home') setMark(moments[firstShown()]);
      else if (event.key === 'End') setMark(last());
      else if (steps) {
        const from = firstShown();
        let at = marked === null ? moments.length - 1 : moments.findIndex((moment) => moment >= marked);
        if (at < 0) at = moments.length - 1;
        at = Math.min(moments.length - 1, Math.max(from, at + steps * (event.shiftKey ? 10 : 1)));
        setMark(moments[at]);
      } else return;
      event.preventDefault();
    }

    function point(event) {
      const box = svg.getBoundingClientRect();
      const share = (event.clientX - box.left - EDGE.left) / (box.width - EDGE.left - EDGE.right);
      if (share < 0 || share > 1) setMark(null);
      else setMark(last() - (1 - share) * history.rangeMs);
    }

    svg.addEventListener('keydown', move);
    svg.addEventListener('pointermove', point);
    svg.addEventListener('pointerdown', point);
    svg.addEventListener('pointerleave', () => setMark(null));
    svg.addEventListener('blur', () => setMark(null));
    new ResizeObserver(() => requestAnimationFrame(draw)).observe(svg);
    const one = { root, draw };
    plots.add(one);
    return one;
  }

  let drawing = false;
  function drawAll() {
    if (drawing) return;
    drawing = true;
    requestAnimationFrame(() => {
      drawing = false;
      for (const one of plots) one.draw();
    });
  }

  function setMark(moment) {
    marked = moment === undefined ? null : moment;
    drawAll();
  }

  // ---------------------------------------------------------------------------------------------------------- pieces

  const TITLES = {
    pool: 'Pool', cache: 'Cache', limiter: 'Rate limiter', redis: 'Redis', migrations: 'Migrations', backups: 'Backups',
  };

  /** The frame of a card: title, state, one line of why. */
  function frame(card, wide) {
    const heading = node('h2', { id: card.id + '-title' },
      node('span', { class: 'kind' }, TITLES[card.kind] || card.kind), ' ', node('span', {}, card.name));
    const state = node('span', { class: 'pill' });
    const why = node('p', { class: 'why' });
    why.hidden = true;
    const root = node('section', { class: 'card' + (wide ? ' wide' : ''), id: card.id, 'aria-labelledby': heading.id, 'data-kind': card.kind },
      node('div', { class: 'card-head' }, heading, state, why));
    return {
      root,
      set(tone, text, detail) {
        attribute(state, 'data-tone', tone);
        say(state, text);
        attribute(why, 'data-tone', tone);
        say(why, detail);
        show(why, Boolean(detail));
        root.tone = tone;
      },
      health(health) {
        const tone = TONES[health.status] || 'bad';
        this.set(tone, words(health.status), tone === 'good' ? '' : health.detail);
      },
    };
  }

  /** A row of figures; {label: [value, small, tone]}. */
  function figures(...labels) {
    const root = node('dl', { class: 'figures' });
    const cells = labels.map((label) => {
      const number = node('span');
      const small = node('small');
      const value = node('dd', {}, number, small);
      root.append(node('div', {}, node('dt', {}, label), value));
      return { number, small, value };
    });
    return {
      root,
      set(...wanted) {
        wanted.forEach(([number, small, tone], i) => {
          say(cells[i].number, number);
          say(cells[i].small, small);
          attribute(cells[i].value, 'data-tone', tone);
        });
      },
    };
  }

  function part(title, ...children) {
    const small = node('small');
    const heading = node('h3', {}, title, small);
    const root = node('div', { class: 'part' }, heading, ...children);
    return { root, small };
  }

  /** A table that scrolls by itself, also by keyboard. Roles are written out, as a phone shows rows as blocks. */
  function table(label, columns) {
    const head = node('tr', { role: 'row' }, ...columns.map(([title, look]) =>
      node('th', { role: 'columnheader', scope: 'col', class: look }, title || node('span', { class: 'unseen' }, 'More'))));
    const inner = node('table', { role: 'table', 'aria-label': label }, node('thead', { role: 'rowgroup' }, head));
    return { root: node('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label }, inner), inner };
  }

  const cell = (label, look, ...children) => node('td', { role: 'cell', 'data-label': label, class: look }, ...children);
  const row = (...cells) => node('tr', { role: 'row' }, ...cells);

  /** SQL, cut to two lines until it is clicked open. */
  function sql() {
    const root = node('span', { class: 'sql clamp' });
    return { root, set: (text) => { say(root, text); attribute(root, 'title', text); } };
  }

  function bars(label) {
    const root = node('ul', { class: 'bars', 'aria-label': label });
    return {
      root,
      set(items) {
        keep(root, items, (item) => item.name, () => {
          const name = node('span');
          const fill = node('i');
          const value = node('span', { class: 'value' });
          return {
            root: node('li', {}, name, node('span', { class: 'gauge', 'aria-hidden': 'true' }, fill), value),
            update(item) {
              say(name, item.name);
              fill.style.width = (100 * item.share).toFixed(1) + '%';
              say(value, item.value);
            },
          };
        });
      },
    };
  }

  const ownFrame = (line) => !/^(java\.|javax\.|jdk\.|sun\.|com\.sun\.|dev\.wellhead\.(pool|jdbc|cache|core)\.)/.test(line.replace(/^[^(]*\//, ''));

  // ---------------------------------------------------------------------------------------------------------- pool

  function poolCard(card) {
    const shell = frame(card, true);
    const numbers = figures('Active', 'Idle', 'Waiting', 'Wait p50', 'Wait p99', 'Lent', 'Refused', 'Leaks');
    const connections = plot(card.id, 'Connections', {
      series: [
        { key: 'active', label: 'active', look: 'main', area: true },
        { key: 'waiting', label: 'waiting', look: 'bad' },
        { key: 'max', label: 'max', look: 'limit' },
      ],
      format: count, least: 2, whole: true,
    });
    const waits = plot(card.id, 'Wait for a connection', {
      series: [
        { key: 'waitP99', label: 'p99', look: 'main', area: true },
        { key: 'waitP50', label: 'p50', look: 'second' },
      ],
      format: millis, least: 0.01, none: 'no wait times: give the pool metrics(ConsoleMetrics)',
    });
    const holders = borrowers();
    const slow = slowQueries(card);
    shell.root.append(numbers.root, node('div', { class: 'split' }, connections.root, waits.root), holders.root, slow.root);
    return {
      root: shell.root,
      update(now) {
        shell.health(now.health);
        const full = now.active >= now.max;
        const wait = now.wait;
        const idleWords = wait && wait.count === 0 ? 'none in a minute' : 'last minute';
        numbers.set(
          [count(now.active), 'of ' + count(now.max), full ? 'warn' : null],
          [count(now.idle), now.connecting ? '+' + now.connecting + ' opening' : ''],
          [count(now.waiting), '', now.waiting > 0 ? 'warn' : null],
          wait ? [millis(wait.p50), idleWords] : ['–', 'not measured'],
          wait ? [millis(wait.p99), ''] : ['–', ''],
          [count(now.acquired), 'in all'],
          [count(now.timeouts + now.rejected), now.connectFailures ? plural(now.connectFailures, 'failed connect', 'failed connects') : '',
            now.timeouts + now.rejected > 0 ? 'warn' : null],
          [count(now.leaks), now.reclaimed ? now.reclaimed + ' reclaimed' : '', now.leaks > 0 ? 'warn' : null]);
        holders.update(now);
        slow.update(now);
      },
    };
  }

  function borrowers() {
    const none = node('p', { class: 'none' }, 'Nobody holds a connection.');
    const list = table('Who holds connections', [['Thread'], ['Held for', 'right'], ['Doing'], ['Last SQL'], ['Borrowed at']]);
    const body = node('tbody', { role: 'rowgroup' });
    list.inner.append(body);
    const box = part('Who holds what', none, list.root);
    return {
      root: box.root,
      update(now) {
        const all = now.borrowed;
        show(none, all.length === 0);
        show(list.root, all.length > 0);
        say(box.small, all.length === 0 ? '' : plural(now.borrowedTotal, 'connection', 'connections') +
          (now.borrowedTotal > all.length ? ', ' + all.length + ' shown' : '') + ', longest first');
        keep(body, all, (item) => item.thread, () => {
          const thread = cell('Thread', 'tight');
          const held = cell('Held for', 'right');
          const doing = cell('Doing', 'tight');
          const text = sql();
          const summary = node('summary', {});
          const stack = node('ol', { class: 'stack', tabindex: '0' });
          stack.style.listStyle = 'none';
          const details = node('details', {}, summary, stack);
          const unknown = node('span', { class: 'soft' }, 'not captured');
          return {
            root: row(thread, held, doing, cell('Last SQL', 'full', text.root), cell('Borrowed at', 'full', details, unknown)),
            update(item) {
              say(thread, item.thread);
              say(held, millis(item.ageMs));
              say(doing, item.running ? 'running' : 'idle for ' + millis(item.inactiveMs));
              text.set(item.sql || 'none yet');
              const own = item.stack.find(ownFrame) || item.stack[0];
              show(details, item.stack.length > 0);
              show(unknown, item.stack.length === 0);
              say(summary, own ? own.replace(/^.*?([^.]+\.[^.(]+\()/, '$1') : '');
              attribute(stack, 'aria-label', 'Stack of ' + item.thread);
              keep(stack, item.stack, (line) => line, () => {
                const line = node('li');
                return { root: line, update(words) { say(line, words); attribute(line, 'class', ownFrame(words) ? 'own' : null); } };
              });
            },
          };
        });
      },
    };
  }

  function slowQueries(card) {
    const none = node('p', { class: 'none' }, 'No statement was slow.');
    const list = table('Slow queries', [['Slowest', 'right'], ['Statement'], ['Times', 'right'], ['Rows', 'right'], ['Last', 'tight'], ['']]);
    const box = part('Slow queries', none, list.root);
    return {
      root: box.root,
      update(now) {
        show(none, now.slow.length === 0);
        show(list.root, now.slow.length > 0);
        say(box.small, now.slow.length === 0 ? '' : (now.slowTotal === 1 ? 'one execution' : 'the last ' + count(now.slowTotal) +
          ' executions, of ' + plural(now.slowStatements, 'statement', 'statements')) +
          (now.slowStatements > now.slow.length ? ', ' + now.slow.length + ' shown' : '') + ', newest first');
        keepQueries(list.inner, now, card);
      },
    };
  }

  /** Each statement is a body of its own in the table, so that its plan, of its slowest execution, can follow its row. */
  function keepQueries(inner, now, card) {
    const holder = inner.holder || (inner.holder = {
      get firstElementChild() { return inner.tBodies[0] || null; },
      insertBefore: (one, place) => inner.insertBefore(one, place),
    });
    keep(holder, now.slow, (item) => item.key, (first) => {
      let slowest = first.id;
      const took = cell('Slowest', 'right');
      const text = sql();
      const failed = node('span', { class: 'pill', 'data-tone': 'bad' });
      const by = node('span', { class: 'soft' });
      const times = cell('Times', 'right');
      const rows = cell('Rows', 'right');
      const when = cell('Last', 'tight');
      const button = node('button', { type: 'button', 'aria-expanded': 'false' }, 'Plan');
      const place = node('div', { class: 'plan', id: card.id + '-plan-' + first.key });
      attribute(button, 'aria-controls', place.id);
      const under = node('tr', { role: 'row', class: 'plan-row' }, node('td', { role: 'cell', class: 'full', colspan: '6' }, place));
      under.hidden = true;
      const more = cell(null, 'right', button);
      const root = node('tbody', { role: 'rowgroup' },
        row(took, cell('Statement', 'full', text.root, failed, ' ', by), times, rows, when, more), under);
      button.addEventListener('click', () => {
        const open = under.hidden;
        under.hidden = !open;
        button.setAttribute('aria-expanded', String(open));
        attribute(text.root, 'class', open ? 'sql' : 'sql clamp');
        if (open) plan(card.name, slowest, place);
      });
      return {
        root,
        update(item) {
          slowest = item.id;
          say(took, millis(item.worstMs));
          text.set(item.sql);
          show(failed, item.failed > 0);
          say(failed, (item.count === 1 ? 'failed' : count(item.failed) + ' failed') +
            (item.sqlState ? ', SQLState ' + item.sqlState : ''));
          say(by, item.thread);
          say(times, count(item.count));
          say(rows, known(item.rows) ? count(item.rows) : '–');
          say(when, ago(item.agoMs) + (item.count > 1 ? ', ' + millis(item.lastMs) : ''));
          show(button, now.plans);
        },
      };
    });
  }

  async function plan(pool, id, place) {
    say(place, 'asking the database …');
    for (let tries = 0; tries < 60 && !place.closest('tr').hidden; tries++) {
      let answer;
      try {
        answer = await ask('api/plan?pool=' + encodeURIComponent(pool) + '&query=' + encodeURIComponent(id));
      } catch (error) {
        answer = { state: 'failed', error: error.message };
      }
      if (answer.state === 'ready') return drawPlan(answer.value, place);
      if (answer.state === 'failed') return say(place, 'no plan: ' + answer.error);
      await new Promise((done) => setTimeout(done, 250));
    }
    return say(place, 'no plan came in time; close and open it to ask again');
  }

  function drawPlan(found, place) {
    const whole = Math.max(0, ...found.nodes.map((each) => each.cost || 0));
    const tree = (nodes) => node('ul', {}, ...nodes.map((each) => {
      const line = node('div', {}, node('span', { class: 'what' }, each.type));
      if (each.relation) line.append(node('span', { class: 'mono' }, each.relation));
      if (each.index) line.append(node('span', { class: 'soft' }, 'using ' + each.index));
      if (known(each.cost)) {
        const fill = node('i');
        fill.style.width = (whole > 0 ? Math.max(2, (100 * each.cost) / whole) : 0).toFixed(1) + '%';
        line.append(node('span', { class: 'cost' }, plural(each.rows, 'row', 'rows') + ' · cost ' + count(each.cost),
          node('span', { class: 'gauge', 'aria-hidden': 'true' }, fill)));
      }
      if (each.condition) line.append(node('span', { class: 'condition mono' }, each.condition));
      const item = node('li', {}, line);
      if (each.children.length > 0) item.append(tree(each.children));
      return item;
    }));
    const top = tree(found.nodes);
    top.style.marginLeft = top.style.paddingLeft = '0';
    top.style.borderLeft = '0';
    const hints = found.hints.map((hint) => {
      const box = node('p', { class: 'hint' }, hint.message);
      if (hint.createIndex) box.append(node('code', {}, hint.createIndex));
      return box;
    });
    place.replaceChildren(top, ...hints);
  }

  // ---------------------------------------------------------------------------------------------------------- cache

  function cacheCard(card) {
    const shell = frame(card);
    const numbers = figures('Near hits', 'Far hits', 'Stampedes avoided', 'Loads', 'Entries');
    const ratios = plot(card.id, 'Hit ratio', {
      series: [
        { key: 'nearRatio', label: 'near', look: 'main', area: true },
        { key: 'farRatio', label: 'far', look: 'second' },
      ],
      format: percent, most: 1, none: 'nobody has read',
    });
    const reads = plot(card.id, 'Answered by', {
      series: [
        { key: 'nearHits', label: 'near', look: 'main', area: true },
        { key: 'farHits', label: 'far', look: 'second' },
        { key: 'loads', label: 'loader', look: 'bad' },
      ],
      format: rate, least: 1,
    });
    const more = node('p', { class: 'note' });
    shell.root.append(numbers.root, ratios.root, reads.root, node('div', { class: 'part' }, more));
    return {
      root: shell.root,
      update(now) {
        shell.health(now.health);
        numbers.set(
          [percent(ratio(now.nearHits, now.nearMisses)), count(now.nearHits) + ' of ' + count(now.nearHits + now.nearMisses)],
          [percent(ratio(now.farHits, now.farMisses)), count(now.farHits) + ' of ' + count(now.farHits + now.farMisses)],
          [count(now.processWaits + now.fleetWaits), count(now.processWaits) + ' here, ' + count(now.fleetWaits) + ' in the fleet'],
          [count(now.loads), known(now.loadMs) ? millis(now.loadMs) + ' each' : '', now.loadFailures > 0 ? 'warn' : null],
          [count(now.nearSize), 'near']);
        const told = [
          plural(now.refreshes, 'refresh ahead', 'refreshes ahead'),
          plural(now.stale, 'read of an old value', 'reads of old values'),
          plural(now.loadFailures, 'failed load', 'failed loads'),
          plural(now.timeouts, 'timeout', 'timeouts'),
        ];
        if (now.awayCalls > 0) told.push(plural(now.awayCalls, 'call without Redis', 'calls without Redis'));
        if (now.queuedInvalidations > 0) told.push(plural(now.queuedInvalidations, 'invalidation waits', 'invalidations wait'));
        if (known(now.lagMs)) told.push('invalidations heard after ' + millis(now.lagMs));
        say(more, told.join(' · '));
      },
    };
  }

  // ---------------------------------------------------------------------------------------------------------- limiter

  const SOURCES = {
    REDIS: 'Redis', LEASE: 'Lease', DENY_CACHE: 'Known denial', IN_MEMORY: 'In memory', LOCAL_FALLBACK: 'Local fallback',
    OPEN: 'Let through', CLOSED: 'Shut', NEVER: 'Above the burst',
  };

  function limiterCard(card) {
    const shell = frame(card);
    const numbers = figures('Admitted', 'Denied', 'Without Redis', 'Trips', 'Keys here');
    const decisions = plot(card.id, 'Decisions', {
      series: [
        { key: 'allowed', label: 'admitted', look: 'main', area: true },
        { key: 'denied', label: 'denied', look: 'bad' },
        { key: 'fallbacks', label: 'without Redis', look: 'second' },
      ],
      format: rate, least: 1,
    });
    const by = bars('Who decided');
    const sources = part('Who decided', by.root);
    const quiet = node('p', { class: 'none' }, 'Nobody has asked.');
    sources.root.append(quiet);
    const list = table('Keys that were denied most', [['Key, as a hash'], ['Limit'], ['Denied', 'right']]);
    const body = node('tbody', { role: 'rowgroup' });
    list.inner.append(body);
    const none = node('p', { class: 'none' });
    const keys = part('Denied most', none, list.root);
    say(keys.small, 'last 5 to 10 min');
    shell.root.append(numbers.root, decisions.root, sources.root, keys.root);
    return {
      root: shell.root,
      update(now) {
        shell.health(now.health);
        numbers.set(
          [count(now.allowed), percent(ratio(now.allowed, now.denied + now.never))],
          [count(now.denied + now.never), now.never > 0 ? count(now.never) + ' above the burst' : ''],
          [count(now.fallbacks), '', now.fallbacks > 0 ? 'warn' : null],
          [count(now.trips), now.sharedTrips > 0 ? count(now.sharedTrips) + ' shared' : '', now.failedTrips > 0 ? 'warn' : null],
          [count(now.localKeys), '']);
        const used = now.sources.filter((each) => each.decisions > 0).sort((a, b) => b.decisions - a.decisions);
        const sum = used.reduce((total, each) => total + each.decisions, 0);
        show(quiet, used.length === 0);
        by.set(used.map((each) => ({
          name: SOURCES[each.source] || words(each.source), share: each.decisions / sum, value: count(each.decisions),
        })));
        const denied = now.deniedKeys;
        show(none, !denied || denied.length === 0);
        show(list.root, Boolean(denied) && denied.length > 0);
        say(none, denied ? 'Nobody was denied.' : 'Not watched: wrap the limiter with WatchedLimiter.of(limiter).');
        keep(body, denied || [], (item) => item.limit + ' ' + item.hash, () => {
          const hash = cell('Key, as a hash', 'mono');
          const limit = cell('Limit');
          const times = cell('Denied', 'right');
          return {
            root: row(hash, limit, times),
            update(item) {
              say(hash, item.hash);
              say(limit, item.limit);
              say(times, count(item.denied));
            },
          };
        });
      },
    };
  }

  // ---------------------------------------------------------------------------------------------------------- redis

  function redisCard(card) {
    const shell = frame(card, true);
    const numbers = figures('Connection', 'Breaker', 'Answered', 'Failed', 'Spared', 'p50', 'p99');
    const calls = plot(card.id, 'Calls', {
      series: [
        { key: 'succeeded', label: 'answered', look: 'main', area: true },
        { key: 'failed', label: 'failed', look: 'bad' },
        { key: 'spared', label: 'spared by the breaker', look: 'second' },
      ],
      format: rate, least: 1,
    });
    const latency = plot(card.id, 'Latency', {
      series: [
        { key: 'p99', label: 'p99', look: 'main', area: true },
        { key: 'p50', label: 'p50', look: 'second' },
      ],
      format: millis, least: 0.01, none: 'no latency: give the client metrics(ConsoleMetrics)',
    });
    const by = bars('What became of calls');
    const outcomes = part('What became of calls', by.root);
    const none = node('p', { class: 'none' }, 'No call yet.');
    outcomes.root.append(none);
    shell.root.append(numbers.root, node('div', { class: 'split' }, calls.root, latency.root), outcomes.root);
    return {
      root: shell.root,
      update(now) {
        shell.health(now.health);
        const failed = now.timedOut + now.disconnected + now.refused + now.failed + now.denied;
        numbers.set(
          [now.connected ? 'up' : 'none', now.cluster ? 'cluster' : '', now.connected ? null : 'bad'],
          [now.breakerOpen ? 'open' : 'closed', now.breakerOpened > 0 ? 'opened ' + count(now.breakerOpened) + ' ×' : '', now.breakerOpen ? 'bad' : null],
          [count(now.succeeded), ''],
          [count(failed), '', failed > 0 ? 'warn' : null],
          [count(now.spared), ''],
          now.latency ? [millis(now.latency.p50), ''] : ['–', ''],
          now.latency ? [millis(now.latency.p99), 'of ' + millis(now.budgetMs)] : ['–', '']);
        const all = [
          ['answered', now.succeeded], ['out of budget', now.timedOut], ['no connection', now.disconnected],
          ['spared', now.spared], ['refused', now.refused], ['error', now.failed], ['not allowed', now.denied],
        ].filter(([, times]) => times > 0);
        const sum = all.reduce((total, [, times]) => total + times, 0);
        show(none, all.length === 0);
        by.set(all.map(([name, times]) => ({ name, share: times / sum, value: count(times) })));
      },
    };
  }

  // ---------------------------------------------------------------------------------------------------------- migrations

  const MIGRATION_TONES = {
    APPLIED: 'good', PENDING: null, OUTDATED: null, CHANGED: 'warn', MISSING: 'warn', OUT_OF_ORDER: 'warn', RUNNING: 'warn', FAILED: 'bad',
  };

  function migrationsCard(card) {
    const shell = frame(card);
    const numbers = figures('Applied', 'Pending', 'Newest', 'Look at');
    const list = table('Migrations', [['Version'], ['Description'], ['State'], ['Applied', 'tight'], ['Took', 'right'], ['Way back']]);
    const body = node('tbody', { role: 'rowgroup' });
    list.inner.append(body);
    const none = node('p', { class: 'none' });
    const box = part('All, newest first', none, list.root);
    shell.root.append(numbers.root, box.root);
    return {
      root: shell.root,
      update(now) {
        const value = now.value;
        const rows = value ? value.rows.slice().reverse() : [];
        const of = (...states) => rows.filter((each) => states.includes(each.state));
        const pending = of('PENDING', 'OUTDATED');
        const odd = rows.filter((each) => ['warn', 'bad'].includes(MIGRATION_TONES[each.state]));
        const applied = of('APPLIED');
        const failed = of('FAILED').length > 0;
        if (now.state === 'failed') shell.set('bad', 'cannot be read', now.error);
        else if (!value) shell.set(null, 'reading', '');
        else if (odd.length > 0) shell.set(failed ? 'bad' : 'warn', failed ? 'failed' : 'look at it', '');
        else if (pending.length > 0) shell.set(null, plural(pending.length, 'pending', 'pending'), '');
        else shell.set('good', 'up to date', '');
        numbers.set(
          [value ? count(applied.length) : '–', value ? 'of ' + count(value.total) : ''],
          [value ? count(pending.length) : '–', ''],
          [applied.length > 0 ? applied[0].version : '–', ''],
          [value ? count(odd.length) : '–', '', odd.length > 0 ? 'bad' : null]);
        say(box.small, reading(now));
        show(none, rows.length === 0);
        show(list.root, rows.length > 0);
        say(none, !value ? (now.error || 'Asking the database …') : 'The source has no migration.');
        keep(body, rows, (item) => item.version + ' ' + item.description, () => {
          const version = cell('Version', 'mono tight');
          const text = node('span');
          const trouble = node('dl', { class: 'midway' });
          const state = node('span', { class: 'pill' });
          const when = cell('Applied', 'tight');
          const took = cell('Took', 'right');
          const back = cell('Way back', 'soft');
          return {
            root: row(version, cell('Description', 'full', text, trouble), cell('State', 'tight', state), when, took, back),
            update(item) {
              say(version, item.version);
              say(text, item.description);
              say(state, words(item.state));
              attribute(state, 'data-tone', MIGRATION_TONES[item.state]);
              say(when, item.appliedAt ? item.appliedAt.slice(0, 16).replace('T', ' ') : '–');
              attribute(when, 'title', item.appliedAt);
              say(took, known(item.durationMs) ? millis(item.durationMs) : '–');
              say(back, item.hasRollback ? 'yes' : 'no');
              show(trouble, Boolean(item.midway));
              if (item.midway) {
                const told = [['Happened', item.midway.happened], ['Database', item.midway.database], ['What to do', item.midway.cure]];
                keep(trouble, told, ([title]) => title, () => {
                  const title = node('dt');
                  const words = node('dd');
                  return { root: node('div', {}, title, words), update: ([a, b]) => { say(title, a); say(words, b); } };
                });
              }
            },
          };
        });
      },
    };
  }

  function reading(now) {
    if (known(now.readingMs) && now.readingMs > 3000) return 'being read for ' + long(now.readingMs);
    if (!known(now.ageMs)) return '';
    return 'read ' + ago(now.ageMs) + (now.state === 'failed' ? '; since then: ' + now.error : '');
  }

  // ---------------------------------------------------------------------------------------------------------- backups

  const BACKUP_TONES = { VERIFIED: 'good', COMPLETE: null, SUSPECT: 'bad', RUNNING: null, FAILED: 'bad' };

  function backupsCard(card) {
    const shell = frame(card);
    const numbers = figures('Newest', 'Last verified restore', 'Kept', 'Size of all');
    const list = table('Backups', [['Made', 'tight'], ['State'], ['Restored', 'tight'], ['Size', 'right'], ['Rows', 'right'], ['Id']]);
    const body = node('tbody', { role: 'rowgroup' });
    list.inner.append(body);
    const none = node('p', { class: 'none' });
    const box = part('All, newest first', none, list.root);
    shell.root.append(numbers.root, box.root);
    return {
      root: shell.root,
      update(now) {
        const value = now.value;
        const rows = value ? value.rows : [];
        if (now.state === 'failed') shell.set('bad', 'cannot be read', now.error);
        else if (!value) shell.set(null, 'reading', '');
        else shell.health(value.health);
        const verified = value ? value.lastVerifiedAgoMs : null;
        numbers.set(
          [rows.length > 0 ? ago(rows[0].ageMs) : value ? 'none' : '–', '', value && rows.length === 0 ? 'warn' : null],
          [known(verified) ? ago(verified) : value ? 'never' : '–', '', value && !known(verified) ? 'warn' : null],
          [value ? count(value.total) : '–', now.failed > 0 ? now.failed + ' failed' : '', now.failed > 0 ? 'warn' : null],
          [value ? bytes(value.bytes) : '–', '']);
        say(box.small, reading(now));
        show(none, rows.length === 0);
        show(list.root, rows.length > 0);
        say(none, !value ? (now.error || 'Reading the store …') : 'The store holds no backup.');
        keep(body, rows, (item) => item.id, () => {
          const made = cell('Made', 'tight');
          const state = node('span', { class: 'pill' });
          const detail = node('span', { class: 'soft' });
          const restored = cell('Restored', 'tight');
          const size = cell('Size', 'right');
          const holds = cell('Rows', 'right');
          const id = cell('Id', 'mono');
          return {
            root: row(made, cell('State', null, state, ' ', detail), restored, size, holds, id),
            update(item) {
              say(made, ago(item.ageMs));
              attribute(made, 'title', item.createdAt);
              say(state, words(item.state));
              attribute(state, 'data-tone', BACKUP_TONES[item.state]);
              say(detail, item.detail);
              say(restored, known(item.checkedAgoMs) ? ago(item.checkedAgoMs) : 'not yet');
              say(size, bytes(item.bytes));
              say(holds, count(item.rows));
              attribute(holds, 'title', plural(item.tables, 'table', 'tables'));
              say(id, item.id);
            },
          };
        });
      },
    };
  }

  // ---------------------------------------------------------------------------------------------------------- the page

  const MAKERS = {
    pool: poolCard, cache: cacheCard, limiter: limiterCard, redis: redisCard, migrations: migrationsCard, backups: backupsCard,
  };

  function makeCard(card) {
    const one = MAKERS[card.kind](card);
    return {
      root: one.root,
      update(fresh) {
        if (fresh.error) {
          one.root.tone = 'bad';
          const pill = one.root.querySelector('.card-head .pill');
          attribute(pill, 'data-tone', 'bad');
          say(pill, 'cannot be shown: ' + fresh.error);
        } else {
          one.update(fresh.now);
        }
      },
    };
  }

  function overall() {
    const tones = [...document.querySelectorAll('#cards > .card')].map((each) => each.tone);
    return tones.includes('bad') ? 'bad' : tones.includes('warn') ? 'warn' : 'good';
  }

  function present(data) {
    remember(data);
    say(byId('title'), data.title);
    show(byId('empty'), data.cards.length === 0);
    keep(byId('cards'), data.cards, (card) => card.id, makeCard);
    keep(byId('nav'), data.cards, (card) => card.id, (card) => {
      const dot = node('span', { class: 'dot', 'aria-hidden': 'true' });
      const state = node('span', { class: 'unseen' });
      return {
        root: node('li', {}, node('a', { href: '#' + card.id }, dot, (TITLES[card.kind] || card.kind) + ' ' + card.name, state)),
        update() {
          const tone = byId(card.id).tone;
          attribute(dot, 'data-tone', tone);
          say(state, tone === 'bad' ? ', bad' : tone === 'warn' ? ', to be looked at' : '');
        },
      };
    });
    const tone = overall();
    const pill = byId('overall');
    show(pill, data.cards.length > 0);
    attribute(pill, 'data-tone', tone);
    say(pill, tone === 'good' ? 'all well' : tone === 'warn' ? 'degraded' : 'trouble');
    document.title = (tone === 'good' ? '' : '● ') + data.title + ' · ' + pill.textContent;
    say(byId('stamp'), 'Server time ' + data.now.slice(0, 19).replace('T', ' ') + ' UTC, up ' + long(data.uptimeMs) + '.');
    drawAll();
  }

  // ---------------------------------------------------------------------------------------------------------- talking

  let token = null;
  try {
    token = sessionStorage.getItem(TOKEN_KEY);
  } catch (refused) {
    // Without storage the token lives as long as the page.
  }
  let paused = false;
  let timer = 0;
  let lastSeen = 0;

  async function ask(path) {
    const patience = new AbortController();
    const alarm = setTimeout(() => patience.abort(), PATIENCE_MS);
    try {
      const answer = await fetch(path, {
        headers: token ? { Authorization: 'Bearer ' + token } : {},
        cache: 'no-store', credentials: 'same-origin', redirect: 'error', signal: patience.signal,
      });
      const body = await answer.json();
      if (!answer.ok) throw Object.assign(new Error(body.error || 'status ' + answer.status), { status: answer.status });
      return body;
    } finally {
      clearTimeout(alarm);
    }
  }

  function live(state, text) {
    attribute(byId('live'), 'data-state', state);
    say(byId('live'), text);
    document.body.classList.toggle('stale', state === 'lost');
  }

  function notice(text) {
    say(byId('notice'), text);
    show(byId('notice'), Boolean(text));
  }

  async function poll() {
    clearTimeout(timer);
    if (paused || document.hidden) return;
    let next = POLL_MS;
    try {
      present(await ask('api/state?since=' + history.end));
      next = Math.min(POLL_MS, Math.max(250, 2 * history.periodMs));
      lastSeen = Date.now();
      show(byId('gate'), false);
      show(byId('cards'), true);
      notice('');
      live('live', 'live');
    } catch (error) {
      next = RETRY_MS;
      if (error.status === 401) {
        const wrong = Boolean(token);
        forget();
        show(byId('cards'), false);
        show(byId('gate'), true);
        notice(wrong ? 'This is not the token.' : '');
        live('', 'locked');
        byId('token').focus();
        return;
      }
      live('lost', 'no answer');
      notice(error.status ? error.message
        : 'The service does not answer' + (lastSeen ? '; what is shown is ' + long(Date.now() - lastSeen) + ' old' : '') + '. Trying again.');
    }
    timer = setTimeout(poll, next);
  }

  function forget() {
    token = null;
    try {
      sessionStorage.removeItem(TOKEN_KEY);
    } catch (refused) {
      // Was not stored either.
    }
  }

  byId('gate').addEventListener('submit', (event) => {
    event.preventDefault();
    token = byId('token').value.trim();
    byId('token').value = '';
    try {
      sessionStorage.setItem(TOKEN_KEY, token);
    } catch (refused) {
      // Lives as long as the page.
    }
    poll();
  });
  byId('pause').addEventListener('click', () => {
    paused = !paused;
    attribute(byId('pause'), 'aria-pressed', String(paused));
    if (paused) live('', 'paused');
    else poll();
  });
  byId('range').addEventListener('change', (event) => {
    history.rangeMs = Number(event.target.value) * 1000;
    drawAll();
  });
  document.addEventListener('visibilitychange', poll);
  poll();
})();
