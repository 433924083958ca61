namespace Cloud.Hub.Redistribution.Targeting;

/// <summary>Which devices are meant, as a condition over their attributes: <c>site = "north" and hardware in (rpi4, rpi5)
/// and not tag.stage = test</c>. Grammar: docs/formats/device-query.md.</summary>
internal sealed class DeviceQuery
{
    private const int MaxLength = 2_000;

    private readonly Predicate<IReadOnlyDictionary<string, string>> _condition;

    private DeviceQuery(Predicate<IReadOnlyDictionary<string, string>> condition) => _condition = condition;

    /// <exception cref="QueryException">The text is no query; the message names the place.</exception>
    public static DeviceQuery Parse(string text) => text.Length <= MaxLength
        ? new DeviceQuery(new QueryParser(text).Parse())
        : throw new QueryException(MaxLength, $"{text.Length} characters, {MaxLength} are allowed");

    public bool Matches(IReadOnlyDictionary<string, string> attributes) => _condition(attributes);
}
