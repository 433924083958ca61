using System.Globalization;

namespace Operator.Cli.Fleet;

/// <summary>Figures as people read them.</summary>
internal static class Words
{
    private const int DigestLetters = 12;

    /// <summary>Of a sentence in a list.</summary>
    private const int ListLetters = 72;

    public static string Share(double? share) => share?.ToString("0.0 %", CultureInfo.InvariantCulture) ?? "-";

    public static string Score(double? score) => score?.ToString("0.000", CultureInfo.InvariantCulture) ?? "-";

    /// <summary>The first letters of a digest, without the algorithm: enough to tell models of a fleet apart.</summary>
    public static string Digest(string? digest) =>
        digest is null ? "-" : digest.Split(':')[^1] is var hex && hex.Length > DigestLetters ? hex[..DigestLetters] : digest;

    /// <summary>By the clock of this terminal, with its distance from UTC.</summary>
    public static string Time(DateTimeOffset at) => at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:sszzz", CultureInfo.InvariantCulture);

    public static string Count(long many, string one) => string.Create(CultureInfo.InvariantCulture, $"{many:#,0} {one}{(many == 1 ? "" : "s")}");

    public static string State(bool quarantined) => quarantined ? "quarantined" : "free";

    public static string Size(long bytes) => bytes >= 10_000 ? $"{bytes / 1000} KB" : $"{bytes} B";

    /// <summary>The beginning of a long text, for a list; the whole is shown of the one thing a person asks for.</summary>
    public static string Short(string text)
    {
        if (text.Length <= ListLetters) return text;
        var blank = text.LastIndexOf(' ', ListLetters - 1, ListLetters / 2);
        return $"{text[..(blank > 0 ? blank : ListLetters - 1)]}…";
    }

    public static string Span(TimeSpan span) =>
        span.TotalMinutes < 1 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s")
        : span.TotalHours < 1 ? $"{span.Minutes} min {span.Seconds} s" : $"{(int)span.TotalHours} h {span.Minutes} min";

    /// <summary>Odds against what is allowed, where they say anything.</summary>
    public static string Odds(double odds) =>
        odds < 2 ? "none" : odds > 1e6 ? "over 1,000,000 to 1" : $"{odds.ToString("#,0", CultureInfo.InvariantCulture)} to 1";
}
