using Cloud.Hub.Reasoning.Contract;

namespace Cloud.Hub.Reasoning.Sites;

/// <summary>The tactical agent of one site; key: the site's id.</summary>
[Alias("hmas.site-agent")]
internal interface ISiteAgent : IGrainWithStringKey
{
    /// <summary>Durable on return; a repeat changes nothing. What follows from it is done by <see cref="ConsiderAsync"/>.</summary>
    /// <param name="facts">In each device's order.</param>
    Task HearAsync(IReadOnlyList<SiteFact> facts);

    /// <summary>Looks at the site and does what there is to do, also what an earlier turn did not finish.</summary>
    Task ConsiderAsync();

    Task<SiteSituation> SituationAsync();
}
