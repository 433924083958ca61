using Edge.Agent.Settings;
using Hmas.Contracts.Facts;

namespace Edge.Agent.Experience;

/// <summary>Decides which windows are worth keeping, and what they are worth. Pure but for its memory of the run; one thread.</summary>
internal sealed class ExperienceSelector(ExperienceOptions options)
{
    private const float CalibrationValue = 0.5f;
    private const float FirstAlarmValue = 0.9f;
    private const float AlarmValue = 0.6f;
    private const float UncertainValue = 0.7f;
    private const float RareValue = 0.6f;
    private const float RoutineValue = 0.1f;

    private long _sinceRoutine;
    private long _nextCalibration;
    private long _sinceAlarm;
    private long _sinceUncertain;
    private bool _wasAlarm;

    public void StartRun()
    {
        (_sinceRoutine, _nextCalibration, _sinceAlarm, _sinceUncertain) = (0, 0, 0, 0);
        _wasAlarm = false;
    }

    /// <summary>Why to keep the window, and its value from 0 to 1; <see cref="ExperienceReasons.None"/>: leave it.</summary>
    /// <param name="distance">From the windows kept lately, see <see cref="RareMemory"/>; NaN before calibration.</param>
    public (ExperienceReasons Reasons, float Value) Choose(in WindowFacts window, float distance, SamplingBoost boost)
    {
        var reasons = ExperienceReasons.None;
        var common = 1f;
        void Take(ExperienceReasons reason, float value)
        {
            reasons |= reason;
            // Independent reasons add up as chances do: never above 1.
            common *= 1 - value;
        }

        if (window.IsRequested) Take(ExperienceReasons.Requested, 1);
        if (window.IsNear) Take(ExperienceReasons.Requested, UncertainValue);
        if (window.IsCalibration && IsApart(window)) Take(ExperienceReasons.Calibration, CalibrationValue);
        if (window.IsAlarm && !_wasAlarm) _sinceAlarm = long.MaxValue - 1;
        if (window.IsAlarm && IsDue(ref _sinceAlarm, boost.Every(options.AlarmEvery)))
            Take(ExperienceReasons.Alarm, _wasAlarm ? AlarmValue : FirstAlarmValue);
        if (IsUncertain(window.ScoreRatio) && IsDue(ref _sinceUncertain, boost.Every(options.AlarmEvery)))
            Take(ExperienceReasons.Uncertain, UncertainValue);
        if (distance >= options.RareDistance) Take(ExperienceReasons.Rare, RareValue);
        if (!window.IsCalibration && IsDue(ref _sinceRoutine, boost.Every(options.RoutineEvery))) Take(ExperienceReasons.Routine, RoutineValue);
        _wasAlarm = window.IsAlarm;
        // A window kept for another reason still carries the alarm: labels and gates read it.
        if (window.IsAlarm && reasons != ExperienceReasons.None) reasons |= ExperienceReasons.Alarm;
        return (reasons, 1 - common);
    }

    private bool IsUncertain(float ratio) => ratio >= options.UncertainFrom && ratio <= options.UncertainTo;

    /// <summary>Calibration windows share no row: what the hub fits on them counts each row once. The first is due at once.</summary>
    private bool IsApart(in WindowFacts window)
    {
        if (window.Frame < _nextCalibration) return false;
        _nextCalibration = window.Frame + window.Rows;
        return true;
    }

    private static bool IsDue(ref long since, long every)
    {
        if (++since < every) return false;
        since = 0;
        return true;
    }
}
