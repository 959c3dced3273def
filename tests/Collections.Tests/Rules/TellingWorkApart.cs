using System.Text.Json;
using OrderToCash.Collections.Forecasts;
using OrderToCash.Collections.Worklists;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>
/// What a collector is done with stays so across versions: what a version before did not know is not in what the state
/// of affairs is told apart by.
/// </summary>
public sealed class TellingWorkApart
{
    [Fact]
    public void what_earlier_versions_did_not_know_is_left_out_where_there_is_none()
    {
        var facts = new WorkFacts(
            [], 1, 3, null, null, null, true, [], 0, 0, 0, 0, IsOnCreditHold: false, IsBlocked: false, null, 0.25m);
        var known = facts with { Pays = new PaymentTimes(1, 0, 0), Rating = PayerRating.Good };

        var stored = JsonSerializer.Serialize(facts, Json.Stored);

        foreach (var later in new[] { "HasNoPlaybook", "Pays", "Rating" })
            stored.ShouldNotContain(later);
        JsonSerializer.Deserialize<WorkFacts>(JsonSerializer.Serialize(known, Json.Stored), Json.Stored)!
            .ShouldSatisfyAllConditions(
                read => read.Pays.ShouldBe(known.Pays), read => read.Rating.ShouldBe(PayerRating.Good));
    }
}
