using System.Text;
using Edge.Agent.Yaml;
using Hmas.Testing;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Edge.Tests.Yaml;

/// <summary>What the agent reads of a YAML text is what YamlDotNet reads of it.</summary>
public sealed class YamlReaderTests
{
    private const int Seed = 20261122;
    private const int Documents = 1500;
    private const int Mutations = 8_000;

    private static readonly string[] Words =
    [
        "a", "Pressure", "two words", "-5", "1.5e-3", "null", "~", "", "true", "it's", "say \"so\"", "colon: inside", "ends:", "#no comment", "a #b",
        "a#b", "- dash", "[list", "}", "line\nbreak",
        "two\n\nbreaks\n", " blank first", "blank last ", "tab\there", "ünïcødé ☃ 🐢", "back\\slash", "%percent", "@at", "&and", "*star", "!bang",
        "|", ">", "?", ":", "a:b", "x, y",
    ];

    [Theory]
    [InlineData("a: 1\nb:\n  - x\n  - y: 2\n    z: 3\n")]
    [InlineData("list:\n- x\n- - y\n  - z\n-\n  k: v\nafter: 1")]
    [InlineData("# first\n---\na: {b: [1, 2, {c: d}], 'e f': \"g\", h}  # end\n...\n")]
    [InlineData("a: >-\n  folded\n  text\n\n  here\n   deeper\n  back\nb: |+\n  kept\n\nc: |2\n    two more\n")]
    [InlineData("a: plain that\n  goes on\n\n  twice\nb: 'quoted\n  on\n\n  and on'\nc: \"x\\\n  y\\u00e9\\x41\\n\"\n")]
    [InlineData("a:\n  b:\n\n  # comment\n  c: \nd:")]
    [InlineData("when: { any: [ { channel: Pressure, above: 3 },\n    { channel: Flow, below: 1 } ] }\n")]
    [InlineData("\"quoted key\": 1\n'other' : 2\n")]
    [InlineData("url: http://host:80/path\ntime: 12:30:00\nnote: a#b\n")]
    [InlineData("a: []\nb: {}\nc: [ ]\nd: [x, ]\n")]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("just text\n")]
    [InlineData("a: 1\r\nb:\r\n  - 2\r\n")]
    public void A_document_reads_as_in_YamlDotNet(string yaml) => Assert.Equal(Expected(yaml), Text(YamlReader.Read(yaml)));

    [Fact]
    public void Shipped_settings_and_rules_read_as_in_YamlDotNet()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, "deploy", "edge"), "*.yaml"))
        {
            var yaml = File.ReadAllText(file);
            Assert.Equal(Expected(yaml), Text(YamlReader.Read(yaml)));
        }
    }

    [Fact]
    public void Whatever_an_emitter_writes_in_any_style_reads_as_in_YamlDotNet()
    {
        var random = new Random(Seed);
        for (var i = 0; i < Documents; i++)
        {
            var yaml = Write(random);
            Assert.True(Expected(yaml) == Mine(yaml), $"document {i} of seed {Seed}:\n{yaml}\nwanted\n{Expected(yaml)}\ngot\n{Mine(yaml)}");
        }
    }

    [Fact]
    public void A_damaged_document_is_refused_with_its_place_or_read_as_in_YamlDotNet()
    {
        var random = new Random(Seed);
        var read = 0;
        for (var i = 0; i < Mutations; i++)
        {
            var yaml = Damage(Write(random), random);
            string mine;
            try
            {
                mine = Text(YamlReader.Read(yaml));
            }
            catch (YamlFormatException error)
            {
                Assert.InRange(error.Line, 1, yaml.Count(static c => c == '\n') + 1);
                continue;
            }

            if (!TryExpected(yaml, out var expected)) continue;
            Assert.True(expected == mine, $"mutation {i} of seed {Seed}:\n{yaml}\nwanted\n{expected}\ngot\n{mine}");
            read++;
        }

        Assert.True(read > Mutations / 20, $"only {read} damaged documents could be compared");
    }

    [Theory]
    [InlineData("a: &x 1", 1, "anchors and aliases")]
    [InlineData("a: *x", 1, "anchors and aliases")]
    [InlineData("a: !!str 1", 1, "tags")]
    [InlineData("%YAML 1.2\n---\na: 1", 1, "directives")]
    [InlineData("? a\n: 1", 1, "'? '")]
    [InlineData("a: 1\na: 2", 2, "stands twice")]
    [InlineData("a: 1\n---\nb: 2", 2, "more than one document")]
    [InlineData("a: [1, 2", 1, "']' is missing")]
    [InlineData("a:\n  b: 1\n   c: 2", 3, "cannot stand here")]
    [InlineData("a:\n  b: [1]\n   c: 2", 3, "deeper")]
    [InlineData("a: 'open", 1, "not closed")]
    [InlineData("a: b: c", 1, "cannot stand here")]
    [InlineData("a:\n\tb: 1", 2, "tab")]
    public void What_is_not_taken_is_refused_with_line_and_reason(string yaml, int line, string reason)
    {
        var error = Assert.Throws<YamlFormatException>(() => YamlReader.Read(yaml));
        Assert.Equal(line, error.Line);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        Assert.Throws<YamlFormatException>(() => YamlReader.Read(new string('[', 100_000)));
        Assert.Throws<YamlFormatException>(() => YamlReader.Read(string.Concat(Enumerable.Repeat("- ", 100_000))));
    }

    private static string Write(Random random)
    {
        var text = new StringBuilder();
        var emitter = new Emitter(new StringWriter(text), new EmitterSettings(2 + random.Next(3), 20 + random.Next(100), false, 1024));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Write(emitter, random, 0);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Write(Emitter emitter, Random random, int depth)
    {
        var kind = depth > 3 ? 2 : depth == 0 ? 0 : random.Next(4);
        var count = random.Next(4);
        if (kind == 0)
        {
            emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, true, random.Next(3) == 0 ? MappingStyle.Flow : MappingStyle.Block));
            for (var i = 0; i < count; i++)
            {
                emitter.Emit(
                    new Scalar(
                        AnchorName.Empty, TagName.Empty, $"key {i}", random.Next(4) == 0 ? ScalarStyle.DoubleQuoted : ScalarStyle.Plain, true, true));
                Write(emitter, random, depth + 1);
            }

            emitter.Emit(new MappingEnd());
        }
        else if (kind == 1)
        {
            emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, true, random.Next(3) == 0 ? SequenceStyle.Flow : SequenceStyle.Block));
            for (var i = 0; i < count; i++) Write(emitter, random, depth + 1);
            emitter.Emit(new SequenceEnd());
        }
        else
        {
            emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, Words[random.Next(Words.Length)], (ScalarStyle)random.Next(1, 6), true, true));
        }
    }

    private static string Damage(string yaml, Random random)
    {
        const string Signs = " \n:-#[]{},'\"|>ab\t";
        var text = new StringBuilder(yaml);
        for (var i = random.Next(3); i >= 0 && text.Length > 0; i--)
        {
            var at = random.Next(text.Length);
            if (random.Next(2) == 0) text.Remove(at, 1);
            else text.Insert(at, Signs[random.Next(Signs.Length)]);
        }

        return text.ToString();
    }

    private static string Mine(string yaml)
    {
        try
        {
            return Text(YamlReader.Read(yaml));
        }
        catch (YamlFormatException error)
        {
            return $"line {error.Line}, column {error.Column}: {error.Message}";
        }
    }

    private static bool TryExpected(string yaml, out string expected)
    {
        try
        {
            expected = Expected(yaml);
            return true;
        }
        catch (Exception error) when (error is YamlException or ArgumentException or InvalidOperationException)
        {
            expected = "";
            return false;
        }
    }

    private static string Expected(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents.Count == 0 ? "nothing" : Text(stream.Documents[0].RootNode);
    }

    private static string Text(YamlDotNet.RepresentationModel.YamlNode node) => node switch
    {
        YamlScalarNode scalar => Text(scalar.Value ?? "", scalar.Style == ScalarStyle.Plain),
        YamlSequenceNode sequence => $"[{string.Join(", ", sequence.Children.Select(Text))}]",
        YamlMappingNode mapping => $"{{{string.Join(", ", mapping.Children.Select(static pair => $"{Text(pair.Key)}: {Text(pair.Value)}"))}}}",
        _ => throw new InvalidOperationException($"{node.NodeType}"),
    };

    private static string Text(Edge.Agent.Yaml.YamlNode? node) => node switch
    {
        null => "nothing",
        YamlScalar scalar => Text(scalar.Value, scalar.IsPlain),
        YamlSequence sequence => $"[{string.Join(", ", sequence.Items.Select(Text))}]",
        YamlMapping mapping => $"{{{string.Join(", ", mapping.Entries.Select(static entry => $"{Text(entry.Key)}: {Text(entry.Value)}"))}}}",
        _ => throw new InvalidOperationException($"{node}"),
    };

    private static string Text(string value, bool isPlain) => $"{(isPlain ? "" : "q")}<{value.Replace("\n", "\\n", StringComparison.Ordinal)}>";
}
