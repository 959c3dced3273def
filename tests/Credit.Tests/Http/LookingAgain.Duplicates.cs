using System.Net;
using System.Net.Http.Json;
using OrderToCash.Contracts.Invoicing.V1;
using static OrderToCash.Credit.Tests.CreditBed;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>CRD-12, CRD-15: two customers that are one pay as one.</summary>
public sealed partial class LookingAgain
{
    [Fact]
    public async Task how_a_duplicate_pays_counts_with_the_customer_it_was_merged_into_while_it_is_merged()
    {
        const string entity = "LA16";
        await EntityAsync(entity, everyDays: 365);
        var (survivor, duplicate) = (await bed.CustomerAsync(entity: entity), await bed.CustomerAsync(entity: entity));
        await PaysAsync(survivor, 100, due: 0, paid: -5);
        await PaysAsync(duplicate, 90_000, due: -200, paid: 0);
        (await ClassOfSurvivorAsync()).ShouldBe("A");

        await MergeAsync("merged", survivor, version: 2, absorbed: 1);
        (await ClassOfSurvivorAsync()).ShouldBe("D");

        await MergeAsync("active", into: null, version: 3, absorbed: 0);
        (await ClassOfSurvivorAsync()).ShouldBe("A");

        async Task MergeAsync(string status, Guid? into, long version, long absorbed)
        {
            var now = Registered(duplicate, entity);
            await bed.PublishAsync(
                new CustomerChanged(
                    duplicate, now.Number, now.LegalEntity, now.Name, null, now.Currency, now.Country, now.Language,
                    null, now.Terms, null, [], status, into, false),
                version);
            await Eventually.BecomesTrue(
                async () => (long)(await bed.Database.CreateCommand(
                    $"select count(*) from credit_absorbed where duplicate_id = '{duplicate}'").ExecuteScalarAsync())!
                    == absorbed,
                "it is taken over, or given back");
        }

        async Task<string?> ClassOfSurvivorAsync()
        {
            await (await bed.Client.PostAsJsonAsync("/v1/credit/rescoring-runs", new { legalEntity = entity }))
                .ShouldBeAsync(HttpStatusCode.OK);
            return (await bed.AccountAsync(survivor)).Text("riskClass");
        }
    }
}
