using System.Net;
using System.Net.Http.Json;
using OrderToCash.Credit.Bureau;

namespace OrderToCash.Credit.Tests.Http;

public sealed partial class LookingAgain
{
    /// <summary>CRD-05: whose file is broken at the bureau stands in nobody's way.</summary>
    [Fact]
    public async Task customers_about_whom_the_bureau_never_says_anything_that_can_be_read_hold_up_no_others()
    {
        const string entity = "LA09";
        await bed.EntityAsync(entity);
        foreach (var number in Enumerable.Range(1, 6))
            await StaleAsync($"Garbled {number} Ltd", entity);
        var bankrupt = await StaleAsync("Bankrupt Brothers Ltd", entity);

        (await RunDayAsync(entity)).GetProperty("refreshed").GetInt32().ShouldBe(1);

        (await bed.AccountAsync(bankrupt)).Codes("placedHolds").ShouldBe(["bankruptcy"]);
    }

    /// <summary>CRD-18: who pays promptly while it is about to fail is looked at, and not at its next application only.
    /// </summary>
    [Fact]
    public async Task a_customer_whose_failure_score_has_collapsed_is_reviewed_though_it_pays_promptly()
    {
        const string entity = "LA11";
        await bed.EntityAsync(entity);
        var (cloaked, sound) = (
            await StaleAsync("Cloaked Cameras Inc", entity), await StaleAsync("Good Cameras Inc", entity));
        var decided = await StaleAsync("Cloaked Clocks Inc", entity);
        (await RunDayAsync(entity)).GetProperty("refreshed").GetInt32().ShouldBe(3);
        bed.App.Clock.Advance(TimeSpan.FromDays(1));
        try
        {
            // A case that was submitted before that report and decided on it.
            await using var known = bed.Database.CreateCommand(
                "insert into credit_applications (application_id, kind, status, customer_id, customer_name, " +
                "legal_entity, requested, currency, trigger, submitted_at, submitted_by, decided_at) values ($1, " +
                "'application', 'approved', $1, 'Cloaked Clocks Inc', $2, 1, 'USD', '', $3 - interval '2 days', " +
                "'ana', $3)");
            known.Parameters.AddWithValue(decided);
            known.Parameters.AddWithValue(entity);
            known.Parameters.AddWithValue(bed.App.Clock.GetUtcNow());
            await known.ExecuteNonQueryAsync();
            await bed.Database.CreateCommand(
                "update bureau_reports set received_on = received_on + 1 where paydex is not null")
                .ExecuteNonQueryAsync();
            await RunDayAsync(entity);
        }
        finally
        {
            bed.App.Clock.Advance(TimeSpan.FromDays(-1));
        }

        (await ReviewsAsync(cloaked)).ShouldHaveSingleItem().Text("trigger")
            .ShouldBe("It pays promptly while its failure score has collapsed.");
        (await ReviewsAsync(sound)).ShouldBeEmpty();
        (await ReviewsAsync(decided)).ShouldBeEmpty("it was decided with that report");
    }

    /// <summary>The bureau is paid for what it is asked: two runs at once do not ask twice.</summary>
    [Fact]
    public async Task days_that_are_run_at_once_on_two_instances_follow_on_one_another()
    {
        const string entity = "LA10";
        await bed.EntityAsync(entity);
        foreach (var number in Enumerable.Range(1, 6))
            await StaleAsync($"Steady {number} Ltd", entity);
        await using var other = await bed.StartAnotherAsync();

        // The instance that has just begun runs the day by itself, too.
        await Task.WhenAll(new[] { bed.Client, other.Client }.Select(async client =>
            await (await client.PostAsJsonAsync("/v1/credit/daily-runs", new { legalEntity = entity }))
                .ShouldBeAsync(HttpStatusCode.OK)));

        await using var asked = bed.Database.CreateCommand(
            "select count(*) from mt_events where type = 'bureau_report_received' and data->>'LegalEntity' = $1");
        asked.Parameters.AddWithValue(entity);
        (await asked.ExecuteScalarAsync()).ShouldBe(6L);
    }

    /// <summary>
    /// CRD-15, CRD-01: who has a limit by hand was never looked at; whose numbers are not told may be taken for another
    /// company, and is not held for what that one did.
    /// </summary>
    [Fact]
    public async Task customers_the_bureau_was_never_asked_about_are_asked_for_where_the_policy_says_so()
    {
        const string entity = "LA14";
        await bed.EntityAsync(entity);
        var (known, untold) = (
            await NamedAsync("Bankrupt Bicycles Ltd", entity), await StaleAsync("Bankrupt Books Ltd", entity));
        await (await bed.SetLimitAsync(known, 1_000)).ShouldBeAsync(HttpStatusCode.OK);
        await using var forget = bed.Database.CreateCommand("delete from company_numbers where customer_id = $1");
        forget.Parameters.AddWithValue(untold);
        await forget.ExecuteNonQueryAsync();
        (await RunDayAsync(entity)).GetProperty("refreshed").GetInt32().ShouldBe(0);
        await bed.PolicyAsync(entity, policy => policy with
        {
            Applications = policy.Applications with { RefreshUnknown = true },
        });

        (await RunDayAsync(entity)).GetProperty("refreshed").GetInt32().ShouldBe(1);

        (await bed.AccountAsync(known)).Codes("placedHolds").ShouldBe(["bankruptcy"]);
        (await bed.AccountAsync(untold)).Codes("placedHolds").ShouldBeEmpty();
    }

    private async Task<bool> AreNumbersKnownAsync(Guid customer)
    {
        await using var find = bed.Database.CreateCommand("select 1 from company_numbers where customer_id = $1");
        find.Parameters.AddWithValue(customer);
        return await find.ExecuteScalarAsync() is not null;
    }

    /// <summary>A customer with a limit and a report of long ago.</summary>
    private async Task<Guid> StaleAsync(string name, string entity)
    {
        var customer = await NamedAsync(name, entity);
        await (await bed.SetLimitAsync(customer, 1_000)).ShouldBeAsync(HttpStatusCode.OK);
        await using var command = bed.Database.CreateCommand(
            "insert into bureau_reports (customer_id, report_id, received_on, is_known, findings) " +
            "values ($1, $1, current_date - 400, false, '{}')");
        command.Parameters.AddWithValue(customer);
        await command.ExecuteNonQueryAsync();
        return customer;
    }

    /// <summary>In how many writes the refreshed report and the hold were kept.</summary>
    private async Task<long> WritesAsync(Guid customer)
    {
        await using var command = bed.Database.CreateCommand(
            "select count(distinct xmin::text) from mt_events " +
            "where (stream_id = $1 and version = 2) or (stream_id = $2 and type = 'hold_placed')");
        command.Parameters.AddWithValue(BureauStream.Id(customer));
        command.Parameters.AddWithValue(customer);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
