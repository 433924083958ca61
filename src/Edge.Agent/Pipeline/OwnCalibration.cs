using Edge.Agent.Perception.Inference;
using Edge.Agent.Perception.Windows;
using Hmas.Contracts.Models;
using Hmas.Signals;

namespace Edge.Agent.Pipeline;

/// <summary>What the device itself takes for normal: a calibration of every channel on the run's healthy rows, where a model's covers those it
/// reads. It follows the recipe of the model that answers.</summary>
/// <param name="channels">Indices of all channels of the history.</param>
/// <param name="defaultRows">First rows of a run taken as healthy while no model says how many.</param>
/// <param name="file">Keeps the healthy rows over a restart; null: nobody does.</param>
internal sealed class OwnCalibration(FrameHistory history, int[] channels, int defaultRows, HealthyRowsFile? file)
{
    private static readonly FeatureRecipe DefaultRecipe = new();

    private readonly float[] _rows = new float[history.MaxCalibrationRows * history.Channels];
    private string _runId = "";
    private ScorerSeat? _fittedFor;

    /// <summary>Null before the healthy rows are there.</summary>
    public Calibration? Current { get; private set; }

    /// <summary>The newest row is among those taken as healthy.</summary>
    public bool IsHealthyRow { get; private set; }

    public static FeatureRecipe RecipeOf(ScorerSeat? seat) => seat?.Scorer.Manifest.Recipe ?? DefaultRecipe;

    public void StartRun(string runId)
    {
        _runId = runId;
        Current = null;
        IsHealthyRow = true;
    }

    /// <summary>With each row.</summary>
    /// <param name="seat">Of the model that answers; null without one.</param>
    public void Follow(ScorerSeat? seat)
    {
        // Nearly always: no more healthy rows come, and the model is the one it was fitted for.
        if (!IsHealthyRow && ReferenceEquals(_fittedFor, seat) && history.HealthyRows > history.MaxCalibrationRows) return;
        Take(seat, seat?.CalibrationRows ?? defaultRows);
    }

    private void Take(ScorerSeat? seat, int rows)
    {
        IsHealthyRow = history.HealthyRows <= rows;
        if (history.HealthyRows >= rows && (Current is null || !ReferenceEquals(_fittedFor, seat)))
        {
            _fittedFor = seat;
            var buffer = _rows.AsSpan(0, rows * history.Channels);
            history.CopyCalibrationRows(rows, channels, buffer);
            Current = Calibration.Fit(buffer, history.Channels, RecipeOf(seat));
            Keep(rows);
        }

        if (history.HealthyRows == history.MaxCalibrationRows) Keep(history.MaxCalibrationRows);
    }

    private void Keep(int rows) => file?.Keep(_runId, history.NewestUs, history.FirstRows(rows));
}
