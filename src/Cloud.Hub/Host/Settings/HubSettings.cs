using System.ComponentModel.DataAnnotations;
using Cloud.Hub.Host.Wiring;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Host.Settings;

/// <summary>All settings of one hub: defaults in the types, then the file, then <c>HMAS_HUB_…</c>, then the command line.</summary>
internal sealed record HubSettings(IConfigurationRoot Configuration, HubOptions Options)
{
    public const string EnvironmentPrefix = "HMAS_HUB_";

    /// <param name="file">YAML or JSON; null: none.</param>
    /// <param name="commandLine">Configuration keys, which win.</param>
    /// <param name="environment">Read <c>HMAS_HUB_…</c> variables. Unknown ones are left alone:
    /// Kubernetes makes such names for a service called hmas-hub.</param>
    /// <exception cref="HubStartException">A setting is unknown, does not convert or is out of range; the message names it.</exception>
    public static HubSettings Load(string? file, IReadOnlyDictionary<string, string?> commandLine, bool environment = true)
    {
        var schema = new SettingsSchema().Add("", typeof(HubOptions));
        foreach (var (section, options) in HubModules.Options) schema.Add(section, options);

        var builder = new ConfigurationBuilder();
        if (file is not null) builder.AddInMemoryCollection(SettingsFile.Read(file, schema));
        if (environment) builder.AddEnvironmentVariables(EnvironmentPrefix);
        foreach (var key in commandLine.Keys) Require(key, schema);
        builder.AddInMemoryCollection(commandLine);
        var configuration = builder.Build();

        var hub = new HubOptions();
        try
        {
            configuration.Bind(hub);
        }
        catch (InvalidOperationException e)
        {
            throw new HubStartException($"settings: {e.Message}", e);
        }

        foreach (var part in (ReadOnlySpan<object>)[hub, hub.Cluster, hub.Limits])
        {
            var problems = new List<ValidationResult>();
            if (!Validator.TryValidateObject(part, new ValidationContext(part), problems, validateAllProperties: true))
            {
                throw new HubStartException($"settings: {problems[0].ErrorMessage}");
            }
        }

        return new HubSettings(configuration, hub);
    }

    /// <summary>Judges the services' own settings before anything of the hub begins, so that one that is wrong is told in a line.</summary>
    /// <exception cref="HubStartException">One does not convert, is out of range or contradicts another; the message names it.</exception>
    public static void Validate(IServiceProvider services)
    {
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
        }
        catch (Exception e) when (e is OptionsValidationException or InvalidOperationException)
        {
            throw new HubStartException($"settings: {e.Message}", e);
        }
    }

    private static void Require(string key, SettingsSchema schema)
    {
        if (schema.Knows(key)) return;
        var near = schema.Nearest(key) is { } known ? $"; did you mean '{SettingsFile.Spelt(known, ':')}'?" : "";
        throw new HubStartException($"settings: there is no setting '{SettingsFile.Spelt(key, ':')}'{near}");
    }
}
