using System.Globalization;

namespace Edge.Agent.Reasoning;

/// <summary>Turns conditions into the flat arrays of a rule set; equal signals of different rules become one.</summary>
internal sealed class RuleCompiler(RuleScope scope)
{
    /// <summary>What a command word can be beside the actuator's own: bring it where it can do no harm.</summary>
    public const string SafeCommand = "safe";

    private const int MaxDepth = 16;
    private const int MaxChildren = 64;

    private readonly List<RuleNode> _nodes = [];
    private readonly List<int> _children = [];
    private readonly List<RuleSignal> _signals = [];

    public RuleSet Build(IReadOnlyList<Rule> rules) => new(rules, _nodes, _children, _signals);

    /// <summary>Adds a rule's condition and returns its node.</summary>
    public int AddRoot(YamlFields when) => Add(when, 0);

    public ActuatorCommand ReadCommand(YamlFields fields, string actuator)
    {
        if (!scope.Actuators.TryGetValue(actuator, out var known))
        {
            throw fields.Bad(
                "actuator",
                $"the device has no actuator '{actuator}'; it has: {string.Join(", ", scope.Actuators.Keys.Order(StringComparer.Ordinal))}");
        }

        var command = fields.RequiredText("command");
        if (command != SafeCommand && !known.Contains(command))
        {
            throw fields.Bad("command", $"actuator '{actuator}' does not know '{command}'; it knows: {string.Join(", ", known)}, {SafeCommand}");
        }

        return new ActuatorCommand(actuator, command, fields.Number("value") ?? float.NaN);
    }

    private int Add(YamlFields fields, int depth)
    {
        if (depth > MaxDepth) throw fields.Bad($"conditions are nested deeper than {MaxDepth}");
        string[] forms = ["all", "any", "not", "channel", "prediction", "missing", "stale"];
        var form = forms.Where(fields.Has).ToArray() is [var one]
            ? one
            : throw fields.Bad($"a condition has exactly one of {string.Join(", ", forms)}");
        var node = form switch
        {
            "all" => AddGroup(NodeKind.All, fields.List("all", MaxChildren), depth),
            "any" => AddGroup(NodeKind.Any, fields.List("any", MaxChildren), depth),
            "not" => AddGroup(NodeKind.Not, [fields.Mapping("not")!], depth),
            "channel" => AddComparison(fields, ChannelSignal(fields)),
            "prediction" => AddPrediction(fields),
            "missing" => AddLevel(Signal(SignalKind.Missing, Channel(fields, "missing"), 1, $"missing {fields.Text("missing")}"), 0.5f),
            _ => AddStale(fields),
        };
        fields.RefuseOthers();
        return node;
    }

    private int AddGroup(NodeKind kind, IReadOnlyList<YamlFields> children, int depth)
    {
        var indices = children.Select(child => Add(child, depth + 1)).ToArray();
        _nodes.Add(new RuleNode(kind, -1, 0, 0, _children.Count, indices.Length));
        _children.AddRange(indices);
        return _nodes.Count - 1;
    }

    private int AddPrediction(YamlFields fields)
    {
        var name = fields.RequiredText("prediction");
        return name switch
        {
            "alarm" => AddLevel(Signal(SignalKind.Alarm, -1, 1, "model alarm"), 0.5f),
            "score" => AddComparison(fields, Signal(SignalKind.Score, -1, 1, "score")),
            "scoreRatio" => AddComparison(fields, Signal(SignalKind.ScoreRatio, -1, 1, "score/threshold")),
            "class" => AddClass(fields),
            "life" => AddComparison(fields, Signal(SignalKind.Life, -1, 1, "seconds of remaining life")),
            "lifeLow" => AddComparison(fields, Signal(SignalKind.LifeLow, -1, 1, "seconds of remaining life at least")),
            _ => throw fields.Bad("prediction", $"'{name}' must be alarm, score, scoreRatio, class, life or lifeLow"),
        };
    }

    // Which classes there are is the model's to say, and models come and go: a name that none of them knows never holds.
    private int AddClass(YamlFields fields)
    {
        var name = fields.RequiredText("is");
        var signal = Signal(SignalKind.Class, -1, 1, $"class {name}", name);
        return fields.Has("above") || fields.Has("below") || fields.Has("clear") ? AddComparison(fields, signal) : AddLevel(signal, 0);
    }

    private int AddStale(YamlFields fields)
    {
        var channel = Channel(fields, "stale");
        var after = fields.Duration("after") ?? throw fields.Bad("after", "is missing");
        return AddLevel(Signal(SignalKind.Age, channel, 1, $"seconds without {fields.Text("stale")}"), (float)after.TotalSeconds);
    }

    private int ChannelSignal(YamlFields fields)
    {
        var channel = Channel(fields, "channel");
        var name = fields.RequiredText("channel");
        if (fields.Has("stat") && fields.Has("feature")) throw fields.Bad("feature", "stands beside a stat; a condition has one of them");
        var word = fields.Text("stat") ?? fields.Text("feature") ?? "latest";
        var kind = word switch
        {
            "latest" => SignalKind.Latest,
            "mean" => SignalKind.Mean,
            "min" => SignalKind.Min,
            "max" => SignalKind.Max,
            "deviation" => SignalKind.Deviation,
            "rate" => SignalKind.Rate,
            "rms" => SignalKind.Rms,
            "crestFactor" => SignalKind.CrestFactor,
            "kurtosis" => SignalKind.Kurtosis,
            _ => throw fields.Bad(
                fields.Has("stat") ? "stat" : "feature", $"'{word}' must be latest, mean, min, max, deviation, rate, rms, crestFactor or kurtosis"),
        };
        var over = fields.Duration("over");
        if (kind == SignalKind.Latest)
        {
            return over is null ? Signal(kind, channel, 1, name) : throw fields.Bad("over", "has no meaning for the latest value");
        }

        if (over is not { } length) throw fields.Bad("over", $"is missing; {word} looks back over a time");
        var frames = Math.Max(1, (long)Math.Round(length.TotalSeconds * scope.RateHz));
        if (frames > scope.HistoryFrames)
        {
            throw fields.Bad("over", $"{length} at {scope.RateHz} Hz is {frames} frames; the device keeps {scope.HistoryFrames}");
        }

        return Signal(kind, channel, (int)frames, string.Create(CultureInfo.InvariantCulture, $"{name} {word} over {length.TotalSeconds:G4} s"));
    }

    private int AddComparison(YamlFields fields, int signal)
    {
        var above = fields.Number("above");
        var below = fields.Number("below");
        var clear = fields.Number("clear");
        if (above is null == below is null) throw fields.Bad("a comparison has either above or below");
        if (above is { } high)
        {
            if (clear > high) throw fields.Bad("clear", "must not lie above the raising level");
            return AddNode(new RuleNode(NodeKind.Above, signal, high, clear ?? high, 0, 0));
        }

        if (clear < below) throw fields.Bad("clear", "must not lie below the raising level");
        return AddNode(new RuleNode(NodeKind.Below, signal, below!.Value, clear ?? below.Value, 0, 0));
    }

    private int AddLevel(int signal, float level) => AddNode(new RuleNode(NodeKind.Above, signal, level, level, 0, 0));

    private int AddNode(RuleNode node)
    {
        _nodes.Add(node);
        return _nodes.Count - 1;
    }

    private int Channel(YamlFields fields, string field)
    {
        var name = fields.RequiredText(field);
        for (var i = 0; i < scope.Channels.Count; i++)
        {
            if (scope.Channels[i].Name == name) return i;
        }

        throw fields.Bad(field, $"the device has no channel '{name}'; it has: {string.Join(", ", scope.Channels.Select(channel => channel.Name))}");
    }

    private int Signal(SignalKind kind, int channel, int frames, string label, string? @class = null)
    {
        var index = _signals.FindIndex(signal => signal.Kind == kind && signal.Channel == channel && signal.Frames == frames
            && signal.Class == @class);
        if (index >= 0) return index;
        _signals.Add(new RuleSignal(kind, channel, frames, label, @class));
        return _signals.Count - 1;
    }
}
