using Cloud.Hub.Host;
using Cloud.Hub.Memory;
using Cloud.Hub.Memory.Archive;
using Cloud.Hub.Memory.Contract;
using Hmas.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Cloud.Hub.Tests.Memory;

/// <summary>The real archive on a folder of its own; it can be closed and opened again.</summary>
public sealed class ArchiveFixture : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string?> _settings;
    private ServiceProvider _services;

    public ArchiveFixture(params (string Key, string Value)[] settings)
    {
        _settings = settings.ToDictionary(s => s.Key, s => (string?)s.Value);
        _services = Build();
    }

    public string Path => new HubPaths(_folder.Path).Database("memory");

    internal ExperienceArchive Archive => _services.GetRequiredService<ExperienceArchive>();

    public async Task ReopenAsync(Action? between = null)
    {
        await _services.DisposeAsync();
        between?.Invoke();
        _services = Build();
    }

    public async Task<List<ArchivedExperience>> ReadAllAsync(ExperienceQuery? query = null)
    {
        var all = new List<ArchivedExperience>();
        await foreach (var experience in Archive.ReadAsync(query ?? new ExperienceQuery(), default)) all.Add(experience);
        return all;
    }

    /// <summary>Changes the file behind the archive's back, as a rotten disk would.</summary>
    public void Damage(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.NotEqual(0, command.ExecuteNonQuery());
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    private ServiceProvider Build()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(new HubPaths(_folder.Path));
        services.AddMemory(new ConfigurationBuilder().AddInMemoryCollection(_settings).Build());
        return services.BuildServiceProvider();
    }
}
