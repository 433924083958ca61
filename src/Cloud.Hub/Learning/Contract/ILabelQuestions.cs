using Hmas.Contracts.Facts;

namespace Cloud.Hub.Learning.Contract;

/// <summary>Windows that a person should name, because the model would learn most from them. An answer becomes a label in Feedback.</summary>
public interface ILabelQuestions
{
    /// <summary>The most uncertain first among those that wait; else the newest first. Without windows.</summary>
    /// <param name="waitingOnly">False: also answered and skipped ones.</param>
    Task<IReadOnlyList<LabelQuestion>> QuestionsAsync(bool waitingOnly, int limit, CancellationToken cancellation);

    /// <summary>With its window; null when there is no such question.</summary>
    Task<LabelQuestion?> QuestionAsync(long id, CancellationToken cancellation);

    /// <summary>The window is named, or skipped: <paramref name="label"/> null. On disk in Feedback first.</summary>
    /// <param name="kind">Null: what was asked; of a detector's window an outcome, of a classifier's a state.</param>
    /// <exception cref="ArgumentException">The name is no label, or of a kind that a window cannot have.</exception>
    Task<LabelAnswer> AnswerAsync(long id, string? label, LabelKind? kind, string who, CancellationToken cancellation);
}

/// <summary>What became of an answer.</summary>
public enum LabelAnswer
{
    Taken,

    /// <summary>No such question.</summary>
    Unknown,

    /// <summary>Somebody was quicker.</summary>
    AlreadyAnswered,
}

public sealed record LabelQuestion
{
    /// <summary>Of the experience in the archive.</summary>
    public required long Id { get; init; }

    public required string DeviceId { get; init; }

    public required string RunId { get; init; }

    public required long FromUs { get; init; }

    /// <summary>Inclusive.</summary>
    public required long ToUs { get; init; }

    /// <summary>0 sure to 1: another answer is as likely.</summary>
    public required double Uncertainty { get; init; }

    /// <summary>What the model said; empty without one.</summary>
    public string Said { get; init; } = "";

    /// <summary>Names that the model knows, for people to choose from.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    public required DateTimeOffset AskedAt { get; init; }

    /// <summary><c>waiting</c>, <c>labelled</c>, <c>skipped</c>, <c>gone</c> (labelled in another way).</summary>
    public required string State { get; init; }

    /// <summary>Null unless labelled.</summary>
    public string? Label { get; init; }

    /// <summary>Who answered; null while it waits.</summary>
    public string? By { get; init; }

    /// <summary>Names of the rows of <see cref="Window"/>; empty in lists.</summary>
    public IReadOnlyList<string> Channels { get; init; } = [];

    /// <summary>Raw values, (C, T) row-major; empty in lists.</summary>
    public IReadOnlyList<float> Window { get; init; } = [];
}
