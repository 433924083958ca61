using Cloud.Hub.Reasoning.Contract;

namespace Cloud.Hub.Reasoning.Sites;

/// <summary>The tactical agent of one site; key: the site's id.</summary>
[Alias("hmas.site-agent")]
internal interface ISiteAgent : IGrainWithStringKey
{
    Task ObserveAsync(string deviceId, string alarmId, string ruleId, bool raised);

    /// <summary>Looks again after time has passed.</summary>
    Task ConsiderAsync();

    Task<SiteSituation> SituationAsync();
}
