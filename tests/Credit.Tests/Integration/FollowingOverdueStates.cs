using System.Net;
using System.Net.Http.Json;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Collections.V1;
using static OrderToCash.Credit.Tests.CreditBed;

namespace OrderToCash.Credit.Tests.Integration;

/// <summary>COL-14: a state of Collections that blocks changes holds orders where the policy says so.</summary>
public sealed class FollowingOverdueStates(CreditBed bed) : IClassFixture<CreditBed>
{
    [Fact]
    public async Task col14_hold_orders_while_they_last_and_let_them_go_with_the_next_state()
    {
        await bed.EntityAsync("OS01");
        await bed.PolicyAsync("OS01", policy => policy with
        {
            Holds = policy.Holds with { OnBlockedChanges = true },
        });
        var customer = await bed.CustomerAsync(limit: 1_000, entity: "OS01");
        await bed.PublishAsync(Changed(customer, "blocked", blocks: true), version: 3);
        await HoldsBecomeAsync(customer, "overdue-state");
        await bed.PublishAsync(Changed(customer, "blocked", blocks: true), version: 3);
        await (await bed.CheckAsync(customer, "OS-1", 100)).ShouldBeAsync(HttpStatusCode.Created);
        await bed.OrderBecomesAsync("OS-1", "held");

        // An older word that comes late changes nothing; the newest ends the hold, and the order goes.
        var before = await bed.HandledCountAsync();
        await bed.PublishAsync(Changed(customer, "warned", blocks: false), version: 2);
        await Eventually.BecomesTrue(async () => await bed.HandledCountAsync() > before, "it is heard");
        await HoldsBecomeAsync(customer, "overdue-state");
        await bed.PublishAsync(Changed(customer, null, blocks: false), version: 4);
        await HoldsBecomeAsync(customer);
        await bed.OrderBecomesAsync("OS-1", "approved");
    }

    [Fact]
    public async Task col14_hold_nothing_where_the_policy_does_not_say_so()
    {
        var customer = await bed.CustomerAsync(limit: 1_000);
        var before = await bed.HandledCountAsync();
        await bed.PublishAsync(Changed(customer, "blocked", blocks: true), version: 1);
        await Eventually.BecomesTrue(async () => await bed.HandledCountAsync() > before, "it is heard");
        await HoldsBecomeAsync(customer);
    }

    /// <summary>Everything comes once more after a restore, and the inbox has forgotten what is long ago.</summary>
    [Fact]
    public async Task col14_do_not_hold_again_what_a_person_has_let_go_when_they_are_told_again()
    {
        await bed.EntityAsync("OS02");
        var customer = await bed.CustomerAsync(limit: 1_000, entity: "OS02");
        await TellAsync(Changed(customer, "stopped", blocks: true), version: 2);
        await bed.PolicyAsync("OS02", policy => policy with
        {
            Holds = policy.Holds with { OnBlockedChanges = true },
        });
        await TellAsync(Changed(customer, "stopped", blocks: true), version: 2);
        await HoldsBecomeAsync(customer);

        await TellAsync(Changed(customer, "blocked", blocks: true), version: 3);
        await HoldsBecomeAsync(customer, "overdue-state");
        var hold = (await bed.AccountAsync(customer)).GetProperty("placedHolds")[0].Text("holdId");
        await (await bed.Client.PostAsJsonAsync(
            $"/v1/credit/accounts/{customer}/holds/{hold}/release", new { reason = "they pay tomorrow" }))
            .ShouldBeAsync(HttpStatusCode.OK);
        await TellAsync(Changed(customer, "blocked", blocks: true), version: 3);
        await HoldsBecomeAsync(customer);

        await TellAsync(Changed(customer, "blocked", blocks: true), version: 4);
        await HoldsBecomeAsync(customer, "overdue-state");
    }

    private async Task TellAsync(OverdueStateChanged changed, long version)
    {
        var before = await bed.HandledCountAsync();
        await bed.PublishAsync(changed, version);
        await Eventually.BecomesTrue(async () => await bed.HandledCountAsync() > before, "it is heard");
    }

    private static OverdueStateChanged Changed(Guid customer, string? to, bool blocks) =>
        new(customer, "OS01", "before", to, blocks, 1, [new MoneyAmount(100, "USD")], 31);

    private Task HoldsBecomeAsync(Guid customer, params string[] codes) => Eventually.BecomesTrue(
        async () => (await bed.AccountAsync(customer)).Codes("placedHolds").SequenceEqual(codes),
        $"the holds are: {string.Join(", ", codes)}");
}
