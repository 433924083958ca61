namespace Hmas.Contracts.Artefacts;

/// <summary>Rules about the kinds of machine that an artefact is made for.</summary>
public static class HardwareClass
{
    /// <summary>Stands for every class.</summary>
    public const string Any = "*";

    /// <summary>Classes of one artefact at most.</summary>
    public const int MaxClasses = 32;

    public static IReadOnlyList<string> AnyOnly { get; } = [Any];

    public static bool Covers(IReadOnlyList<string> classes, string hardware)
    {
        ArgumentNullException.ThrowIfNull(classes);
        return classes.Contains(Any, StringComparer.Ordinal) || classes.Contains(hardware, StringComparer.Ordinal);
    }

    /// <summary>The rule that a list breaks; null: it is sound.</summary>
    public static string? Fault(IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        if (classes.Count is 0 or > MaxClasses) return $"{classes.Count} hardware classes are outside 1 to {MaxClasses}";
        foreach (var hardware in classes)
        {
            if (hardware != Any && !Ids.IsValid(hardware))
                return $"hardware class '{hardware}' is neither {Any} nor 1 to {Ids.MaxLength} lower-case letters, digits or hyphens";
        }

        return classes.Distinct(StringComparer.Ordinal).Count() < classes.Count ? "a hardware class stands twice" : null;
    }
}
