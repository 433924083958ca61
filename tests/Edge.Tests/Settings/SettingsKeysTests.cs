using System.Collections;
using System.Reflection;
using Edge.Agent.Settings;
using Hmas.Testing;

namespace Edge.Tests.Settings;

public sealed class SettingsKeysTests
{
    [Fact]
    public void The_known_keys_are_those_of_the_option_types()
    {
        var sections = typeof(AgentSettings).GetProperties().Where(property => property.CanWrite);
        Assert.Equal(
            sections.SelectMany(section => KeysOf(Word(section), section.PropertyType)).Order(StringComparer.Ordinal),
            SettingsKeys.All.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_key_stands_in_the_document_of_the_settings()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations", "agent-settings.md"));
        Assert.All(SettingsKeys.All, key => Assert.Contains($"`{key}`", document, StringComparison.Ordinal));
    }

    private static IEnumerable<string> KeysOf(string prefix, Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        if (bare == typeof(string) || bare.IsPrimitive || bare.IsEnum || bare == typeof(TimeSpan) || bare == typeof(DateTimeOffset)) return [prefix];
        if (typeof(IEnumerable).IsAssignableFrom(bare)) return KeysOf($"{prefix}:*", bare.GetGenericArguments()[0]);
        return bare.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .SelectMany(property => KeysOf($"{prefix}:{Word(property)}", property.PropertyType));
    }

    private static string Word(PropertyInfo property) => char.ToLowerInvariant(property.Name[0]) + property.Name[1..];
}
