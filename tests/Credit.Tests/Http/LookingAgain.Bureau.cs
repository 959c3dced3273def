using System.Net;
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
