using System.Text.Json;
using Cloud.Hub.Learning.Contract;
using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Learning.Storage;

/// <summary>Questions to people, one an experience at most, in learning.db.</summary>
internal static class QuestionTable
{
    public const string Waiting = "waiting";
    public const string Labelled = "labelled";
    public const string Skipped = "skipped";
    public const string Gone = "gone";

    /// <summary>Answered ones that are kept: what was asked once is not asked again.</summary>
    private const int KeptAnswered = 10_000;

    public static void Add(SqliteConnection connection, IEnumerable<LabelQuestion> questions)
    {
        using var add = new BoundStatement(connection, "INSERT OR IGNORE INTO question(experience, state, uncertainty, body) VALUES(?1, ?2, ?3, ?4)");
        foreach (var question in questions)
            add.Bind(1, question.Id).Bind(2, question.State).Bind(3, question.Uncertainty)
                .Bind(4, JsonSerializer.Serialize(question, LearningJson.Default.LabelQuestion)).Execute();
    }

    public static List<LabelQuestion> Read(SqliteConnection connection, bool waitingOnly, int limit)
    {
        using var statement = new BoundStatement(
            connection, waitingOnly
                ? "SELECT body FROM question WHERE state='waiting' ORDER BY uncertainty DESC, experience LIMIT ?1"
                : "SELECT body FROM question ORDER BY experience DESC LIMIT ?1");
        statement.Bind(1, limit);
        var found = new List<LabelQuestion>();
        while (statement.Step()) found.Add(Parse(statement));
        return found;
    }

    public static LabelQuestion? Find(SqliteConnection connection, long id)
    {
        using var statement = new BoundStatement(connection, "SELECT body FROM question WHERE experience=?1");
        statement.Bind(1, id);
        return statement.Step() ? Parse(statement) : null;
    }

    /// <summary>False when it waits no more.</summary>
    public static bool Close(SqliteConnection connection, long id, string state, string? label, string by)
    {
        if (Find(connection, id) is not { State: Waiting } question) return false;
        using var close = new BoundStatement(connection, "UPDATE question SET state=?2, body=?3 WHERE experience=?1");
        close.Bind(1, id).Bind(2, state)
            .Bind(3, JsonSerializer.Serialize(question with { State = state, Label = label, By = by }, LearningJson.Default.LabelQuestion)).Execute();
        using var forget = new BoundStatement(
            connection,
            "DELETE FROM question WHERE state<>'waiting' AND experience NOT IN (SELECT experience FROM question WHERE state<>'waiting' ORDER BY experience DESC LIMIT ?1)");
        forget.Bind(1, KeptAnswered).Execute();
        return true;
    }

    private static LabelQuestion Parse(BoundStatement statement) =>
        JsonSerializer.Deserialize(statement.Text(0)!, LearningJson.Default.LabelQuestion)!;
}
