using System.Collections;
using System.Net;
using System.Reflection;
using Hmas.Contracts;

namespace Cloud.Hub.Host.Settings;

/// <summary>Which settings exist, read off the options types, so that a misspelt key is an error and not a silence.</summary>
internal sealed class SettingsSchema
{
    private readonly Dictionary<string, Type?> _keys = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _open = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Adds a type's public settable properties below <paramref name="prefix"/>; empty: at the top.</summary>
    public SettingsSchema Add(string prefix, Type options)
    {
        foreach (var property in options.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetIndexParameters().Length > 0) continue;
            var key = prefix.Length == 0 ? property.Name : $"{prefix}:{property.Name}";
            var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (IsScalar(type))
            {
                if (property.CanWrite) _keys[key] = type;
            }
            else if (typeof(IEnumerable).IsAssignableFrom(type))
            {
                _open.Add(key);
            }
            else
            {
                Add(key, type);
            }
        }

        return this;
    }

    /// <summary>Whether a configuration key (with colons) names a setting.</summary>
    public bool Knows(string key)
    {
        if (_keys.ContainsKey(key) || _open.Contains(key)) return true;
        for (var colon = key.LastIndexOf(':'); colon > 0; colon = key.LastIndexOf(':', colon - 1))
        {
            if (_open.Contains(key[..colon])) return true;
        }

        return false;
    }

    /// <summary>The known key that differs least; null when none is near.</summary>
    public string? Nearest(string key) => NearestKey.Find(key, _keys.Keys.Concat(_open));

    private static bool IsScalar(Type type) =>
        type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(decimal) || type == typeof(TimeSpan)
        || type == typeof(Uri) || type == typeof(DateTimeOffset) || type == typeof(IPAddress);
}
