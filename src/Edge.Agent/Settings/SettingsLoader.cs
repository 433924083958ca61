using Hmas.Contracts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Edge.Agent.Settings;

/// <summary>Settings from a YAML or JSON file, then <c>HMAS_SECTION__KEY</c> variables, then <c>--set
/// section:key=value</c>: the later wins. Everything is checked at once.</summary>
internal static class SettingsLoader
{
    private const string Prefix = "HMAS_";

    /// <param name="file">Null: variables and options alone.</param>
    /// <param name="variables">Of the process's environment.</param>
    /// <param name="overrides"><c>key=value</c> each.</param>
    /// <exception cref="SettingsException">All problems found, each with its place.</exception>
    public static AgentSettings Load(string? file, IReadOnlyDictionary<string, string> variables, IReadOnlyList<string> overrides)
    {
        var problems = new List<string>();
        var keys = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (file is not null) Take(SettingsFile.Read(file), key => $"{file}: {key}", keys, problems);
        if (variables.GetValueOrDefault("HMAS_INSTALL") is { Length: > 0 } install) TakeInstall(install, keys, problems);
        Take(FromVariables(variables), key => $"{Prefix}{key.Replace(":", "__", StringComparison.Ordinal)}", keys, problems);
        Take(FromOverrides(overrides, problems), key => $"--set {key}", keys, problems);
        if (problems.Count > 0) throw new SettingsException(problems);
        if (keys.Count == 0)
            throw new SettingsException([
                "there are no settings: name a file with --settings (deploy/edge/agent.yaml is a commented sample, hmas devices enrol writes one)"]);
        var settings = Bind(new ConfigurationBuilder().AddInMemoryCollection(keys).Build(), file ?? "settings");
        Check(settings, file ?? "settings");
        return settings;
    }

    private static void Take(Dictionary<string, string?> from, Func<string, string> place, Dictionary<string, string?> keys, List<string> problems)
    {
        foreach (var (key, value) in from)
        {
            // An empty value takes a setting back to its default.
            if (SettingsKeys.IsKnown(key)) keys[key] = value is "" ? null : value;
            // A section that stands there with nothing in it is as good as absent.
            else if (value is null
                && SettingsKeys.All.Any(known => known.StartsWith(SettingsKeys.Pattern(key) + ":", StringComparison.OrdinalIgnoreCase)))
                continue;
            else problems.Add(
                $"{place(key)} is not a setting{(NearestKey.Find(SettingsKeys.Pattern(key), SettingsKeys.All) is { } near ? $"; did you mean {near}?" : "")}");
        }
    }

    /// <summary>What the hub brought (docs/formats/installs.md) wins over the file, but for who the
    /// device is, whom it trusts and how it reaches the hub.</summary>
    private static void TakeInstall(string install, Dictionary<string, string?> keys, List<string> problems)
    {
        var configuration = Path.Combine(install, "settings.yaml");
        if (File.Exists(configuration))
        {
            var brought = SettingsFile.Read(configuration);
            foreach (var key in brought.Keys.Where(IsOfTheDevice)) problems.Add($"{configuration}: {key} is the device's own to say");
            Take(brought, key => $"{configuration}: {key}", keys, problems);
        }

        var rules = Path.Combine(install, "rules.yaml");
        if (File.Exists(rules)) keys["rules:file"] = rules;
    }

    private static bool IsOfTheDevice(string key) =>
        key.Split(':') is [var section, ..] && (section.ToUpperInvariant() is "DEVICE" or "HUB" or "PEERS" or "STATUS"
            || key.ToUpperInvariant() is "MODEL:TRUSTEDKEYSFILE" or "MODEL:IMAGEROOT" or "MODEL:DIRECTORROOT" or "MODEL:PACKAGE");

    private static Dictionary<string, string?> FromVariables(IReadOnlyDictionary<string, string> variables)
    {
        var keys = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in variables)
        {
            // Without a section it is somebody else's variable.
            if (name.StartsWith(Prefix, StringComparison.Ordinal) && name.Contains("__", StringComparison.Ordinal))
                keys[name[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal)] = value;
        }

        return keys;
    }

    private static Dictionary<string, string?> FromOverrides(IReadOnlyList<string> overrides, List<string> problems)
    {
        var keys = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var text in overrides)
        {
            var at = text.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0) problems.Add($"--set {text}: must be section:key=value");
            else keys[text[..at]] = text[(at + 1)..];
        }

        return keys;
    }

    private static AgentSettings Bind(IConfigurationRoot configuration, string place)
    {
        try
        {
            return new AgentSettings
            {
                Device = configuration.GetSection("device").Get<DeviceOptions>() ?? new DeviceOptions(),
                Sensor = configuration.GetSection("sensor").Get<SensorOptions>() ?? new SensorOptions(),
                Pipeline = configuration.GetSection("pipeline").Get<PipelineOptions>() ?? new PipelineOptions(),
                Model = configuration.GetSection("model").Get<ModelOptions>() ?? new ModelOptions(),
                Rules = configuration.GetSection("rules").Get<RulesOptions>() ?? new RulesOptions(),
                Actuators = configuration.GetSection("actuators").Get<List<ActuatorOptions>>() ?? [],
                Experience = configuration.GetSection("experience").Get<ExperienceOptions>() ?? new ExperienceOptions(),
                Outbox = configuration.GetSection("outbox").Get<OutboxOptions>() ?? new OutboxOptions(),
                Hub = configuration.GetSection("hub").Get<HubOptions>() ?? new HubOptions(),
                Peers = configuration.GetSection("peers").Get<PeerOptions>() ?? new PeerOptions(),
                Status = configuration.GetSection("status").Get<StatusOptions>() ?? new StatusOptions(),
                Log = configuration.GetSection("log").Get<LogOptions>() ?? new LogOptions(),
                DecisionLog = configuration.GetSection("decisionLog").Get<DecisionLogOptions>() ?? new DecisionLogOptions(),
            };
        }
        catch (InvalidOperationException error)
        {
            // The binder names the key and the type it wanted.
            throw new SettingsException([$"{place}: {error.Message}"], error);
        }
    }

    private static void Check(AgentSettings settings, string place)
    {
        var problems = new List<string>();
        void Add(ValidateOptionsResult result)
        {
            if (result.Failed) problems.AddRange(result.Failures.Select(failure => $"{place}: {failure}"));
        }

        Add(new DeviceOptionsValidator().Validate("device", settings.Device));
        Add(new SensorOptionsValidator().Validate("sensor", settings.Sensor));
        Add(new PipelineOptionsValidator().Validate("pipeline", settings.Pipeline));
        Add(new ModelOptionsValidator().Validate("model", settings.Model));
        foreach (var actuator in settings.Actuators) Add(new ActuatorOptionsValidator().Validate("actuators", actuator));
        Add(new ExperienceOptionsValidator().Validate("experience", settings.Experience));
        Add(new OutboxOptionsValidator().Validate("outbox", settings.Outbox));
        Add(new HubOptionsValidator().Validate("hub", settings.Hub));
        Add(new PeerOptionsValidator().Validate("peers", settings.Peers));
        Add(new StatusOptionsValidator().Validate("status", settings.Status));
        Add(new LogOptionsValidator().Validate("log", settings.Log));
        foreach (var actuator in settings.Actuators.Where(actuator => actuator.Part is not null && settings.Sensor.Kind != "pump"))
            problems.Add($"{place}: actuators: part '{actuator.Part}' of '{actuator.Name}' needs sensor:kind pump, it is {settings.Sensor.Kind}");
        if (settings.Model.ImageRoot is not null && settings.Hub.Artefacts is null)
            problems.Add($"{place}: model:imageRoot needs hub:artefacts, where both repositories are asked");
        foreach (var twice in settings.Actuators.GroupBy(actuator => actuator.Name).Where(group => group.Count() > 1))
            problems.Add($"{place}: actuators: name '{twice.Key}' stands twice");
        if (problems.Count > 0) throw new SettingsException(problems);
    }
}
