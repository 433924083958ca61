using Edge.Agent.Yaml;
using Hmas.Contracts;

namespace Edge.Agent.Reasoning;

/// <summary>Reads rules from YAML (format: this folder's README) and compiles them for one device.</summary>
internal static class RuleFile
{
    public const int MaxBytes = 1024 * 1024;
    public const int MaxRules = 1000;

    /// <exception cref="RuleFileException">Unreadable, not YAML, or a rule the device cannot judge.</exception>
    public static RuleSet Load(string path, RuleScope scope)
    {
        try
        {
            var info = new FileInfo(path);
            if (info.Length > MaxBytes) throw new RuleFileException(path, 0, "file", $"is larger than {MaxBytes} bytes");
            return Parse(File.ReadAllText(path), path, scope);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RuleFileException(path, 0, "file", e.Message, e);
        }
    }

    /// <param name="file">Name for errors.</param>
    /// <exception cref="RuleFileException">Not YAML, or a rule the device cannot judge.</exception>
    public static RuleSet Parse(string yaml, string file, RuleScope scope)
    {
        var root = ReadRoot(yaml, file);
        if (root is null) return RuleSet.Empty;
        var fields = new YamlFields(file, "", root);
        if (fields.RequiredText("version") != "1") throw fields.Bad("version", "must be 1");
        var compiler = new RuleCompiler(scope);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var rules = new List<Rule>();
        foreach (var entry in fields.List("rules", MaxRules))
        {
            var rule = ReadRule(entry, compiler);
            if (!ids.Add(rule.Id)) throw entry.Bad("id", $"'{rule.Id}' names two rules");
            rules.Add(rule);
        }

        fields.RefuseOthers();
        return compiler.Build(rules);
    }

    private static YamlNode? ReadRoot(string yaml, string file)
    {
        try
        {
            return YamlReader.Read(yaml);
        }
        catch (YamlFormatException e)
        {
            throw new RuleFileException(file, e.Line, "file", $"is not YAML: {e.Message}", e);
        }
    }

    private static Rule ReadRule(YamlFields fields, RuleCompiler compiler)
    {
        var id = fields.RequiredText("id");
        if (!Ids.IsValid(id)) throw fields.Bad("id", $"'{id}' must be 1 to {Ids.MaxLength} lower-case letters, digits or hyphens");
        fields.Text("description");
        var severity = (fields.Text("severity") ?? "warning") switch
        {
            "info" => Severity.Info,
            "warning" => Severity.Warning,
            "critical" => Severity.Critical,
            var other => throw fields.Bad("severity", $"'{other}' must be info, warning or critical"),
        };
        var when = fields.Mapping("when") ?? throw fields.Bad("when", "is missing");
        var action = fields.Mapping("action");
        var rule = new Rule
        {
            Id = id,
            Severity = severity,
            Priority = fields.Integer("priority", 0, 1000) ?? 100,
            Root = compiler.AddRoot(when),
            Debounce = ReadDebounce(fields.Mapping("debounce")),
            HoldUs = (long)(fields.Duration("hold") ?? TimeSpan.Zero).TotalMicroseconds,
            Action = action is null ? null : compiler.ReadCommand(action, action.RequiredText("actuator")),
            Release = action?.Mapping("release") is { } release ? ReadRelease(release, action, compiler) : null,
        };
        action?.RefuseOthers();
        fields.RefuseOthers();
        return rule;
    }

    private static ActuatorCommand ReadRelease(YamlFields release, YamlFields action, RuleCompiler compiler)
    {
        var command = compiler.ReadCommand(release, action.RequiredText("actuator"));
        release.RefuseOthers();
        return command;
    }

    private static Debounce ReadDebounce(YamlFields? fields)
    {
        if (fields is null) return Debounce.None;
        var of = fields.Integer("of", 1, 64);
        var count = fields.Integer("count", 1, 64) ?? 1;
        if (count > (of ?? 64)) throw fields.Bad("count", $"{count} of {of} frames cannot be");
        var debounce = new Debounce((long)(fields.Duration("for") ?? TimeSpan.Zero).TotalMicroseconds, count, of ?? count);
        fields.RefuseOthers();
        return debounce;
    }
}
