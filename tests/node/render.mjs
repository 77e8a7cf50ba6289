// Markdown to HTML: a JSON list of texts on stdin, the list of their HTML on stdout.
//
// Raw HTML and links to scripts stay, so that what GitHub's sanitizer would take out counts as a hit. Bare addresses
// become links where GitHub makes them: at a scheme, at "www." and around the "@" of a mail address in ASCII, but not
// for a bare domain or after two slashes alone.
import MarkdownIt from "markdown-it";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);

const markdown = new MarkdownIt({ html: true, linkify: true });
markdown.validateLink = (url) => !/^mailto:.*(xn--|%)/.test(url);
markdown.linkify.set({ fuzzyLink: false });
markdown.linkify.add("//", null);
markdown.linkify.add("www.", {
  validate: (text, position) => (/^[^\s<]+/.exec(text.slice(position)) ?? [""])[0].length,
  normalize: (match) => {
    match.url = `http://${match.url}`;
  },
});

const texts = JSON.parse(Buffer.concat(chunks).toString("utf8"));
process.stdout.write(JSON.stringify(texts.map((text) => markdown.render(text))));
