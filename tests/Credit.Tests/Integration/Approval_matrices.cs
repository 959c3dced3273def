using System.Security.Claims;
using OrderToCash.Approvals;
using OrderToCash.ServiceDefaults;
using static OrderToCash.Credit.Tests.CreditBed;
using Delegation = OrderToCash.Contracts.Invoicing.V1.ApprovalDelegationChanged;
using Matrix = OrderToCash.Contracts.Invoicing.V1.ApprovalMatrixDefined;
using Rule = OrderToCash.Contracts.Invoicing.V1.ApprovalRule;

namespace OrderToCash.Credit.Tests.Integration;

public sealed class Approval_matrices(CreditBed bed) : IClassFixture<CreditBed>
{
    [Fact]
    public async Task the_newest_one_counts_whatever_comes_late_or_twice()
    {
        var newest = new Matrix("MX01", [Band(1_000, 0), Band(null, 2, "controller", "cfo")], "USD");
        var id = NewId();
        await bed.PublishAsync(newest, version: 3, id);
        await bed.PublishAsync(newest, version: 3, id);
        await bed.PublishAsync(new Matrix("MX01", [], "USD"), version: 2);
        await bed.PublishAsync(new Matrix("CA01", [Band(null, 1, "controller")], "CAD"), version: 1);

        // One queue, one at a time: with the last message the others have been read.
        await Eventually.BecomesTrue(async () => (await LoadAsync("CA01")).Definition is not null, "all are read");
        var matrix = await LoadAsync("MX01");

        matrix.Definition!.OwnerVersion.ShouldBe(3);
        matrix.Required(ApprovalKinds.CreditLimit, Money.Of(1_000, "USD"), Roles()).Approvals.ShouldBe(0);
        matrix.Required(ApprovalKinds.CreditLimit, Money.Of(1_001, "USD"), Roles()).Approvals.ShouldBe(2);
        matrix.Required(ApprovalKinds.CreditLimit, Money.Of(1_001, "USD"), Roles("cfo")).Approvals.ShouldBe(0);
        matrix.Required(ApprovalKinds.CreditLimit, Money.Of(1, "EUR"), Roles()).Approvals.ShouldBe(2);
        (await bed.App.Store.HistoryAsync(ApprovalMatrixStream.Id("MX01"))).Count.ShouldBe(1);
    }

    [Fact]
    public async Task what_was_delegated_holds_here_too_until_it_is_taken_back()
    {
        var now = TimeProvider.System.GetUtcNow();
        var holiday = new Delegation(
            NewId(), "US01", "max", "sue", ["controller"], now.AddDays(-1), now.AddDays(1), false);
        var over = holiday with { DelegationId = NewId(), DelegatedBy = "old", Until = now.AddHours(-1) };
        await bed.PublishAsync(over, version: 1);
        await bed.PublishAsync(holiday, version: 1);
        await Eventually.BecomesTrue(async () => (await DelegatedAsync("sue")).Length > 0, "it is known");
        (await DelegatedAsync("sue")).ShouldBe(["max"]);
        (await DelegatedAsync("max")).ShouldBeEmpty();

        await bed.PublishAsync(holiday with { IsRevoked = true }, version: 2);
        await Eventually.BecomesTrue(async () => (await DelegatedAsync("sue")).Length == 0, "it is taken back");
        await bed.PublishAsync(holiday, version: 1);
        await bed.PublishAsync(new Matrix("DE01", [], "EUR"), version: 1);
        await Eventually.BecomesTrue(async () => (await LoadAsync("DE01")).Definition is not null, "all are read");
        (await DelegatedAsync("sue")).ShouldBeEmpty();
    }

    private async Task<string[]> DelegatedAsync(string to) =>
    [
        .. (await new DelegatedAuthority(bed.App.Store, TimeProvider.System)
            .OfAsync(Somebody(to), "US01", CancellationToken.None)).Delegated.Select(roles => roles.By),
    ];

    private static Caller Somebody(string subject) => Caller.From(new ClaimsPrincipal(
        new ClaimsIdentity([new Claim("sub", subject)])));

    private async Task<ApprovalMatrix> LoadAsync(string entity) =>
        (await bed.App.Store.LoadAsync(ApprovalMatrixStream.Type, ApprovalMatrixStream.Id(entity))).State;

    private static HashSet<string> Roles(params string[] roles) => [.. roles];

    private static Rule Band(decimal? upTo, int approvals, string? role = null, string? alone = null) =>
        new(ApprovalKinds.CreditLimit, upTo, approvals, role, alone);
}
