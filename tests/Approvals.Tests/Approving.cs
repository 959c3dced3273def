using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Approvals.Tests;

public class Approving
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 18, 0, 0, TimeSpan.Zero);

    private static readonly HashSet<string> NoRoles = [];

    private static readonly ApprovalMatrixDefined Defined = new("US01",
    [
        new("write-off", 100, 0), new("write-off", 5_000, 1, "ar-manager", "credit-manager"),
        new("write-off", null, 2, "controller"),
    ], "USD");

    private static readonly DeciderSpec<Approval> Approvals = new(Approval.Initial, Approval.Evolve);

    private static readonly ApprovalRequested Requested = new(
        "write-off", "US01", Money.Of(9_000, "USD"), "INV-1", "ana", 2, ["controller"], "{}");

    [Theory]
    [InlineData("write-off", 100, "USD", 0, "")]
    [InlineData("write-off", 100.01, "USD", 1, "ar-manager,controller")]
    [InlineData("write-off", 5_000, "USD", 1, "ar-manager,controller")]
    [InlineData("write-off", 5_000.01, "USD", 2, "controller")]
    [InlineData("write-off", 1, "EUR", 2, "controller")]
    [InlineData("credit-memo", 1_000_000, "USD", 0, "")]
    public void An_amount_needs_what_its_band_says(
        string kind, double amount, string currency, int needed, string roles)
    {
        var matrix = ApprovalMatrix.Evolve(ApprovalMatrix.Initial, Defined);

        var required = matrix.Required(kind, Money.Of((decimal)amount, currency), NoRoles);

        (required.Approvals, string.Join(',', required.Roles)).ShouldBe((needed, roles));
    }

    /// <summary>What was done before makes an amount larger to judge, and never smaller.</summary>
    [Theory]
    [InlineData(null, 60, "Write-off")]
    [InlineData(60d, 60, "Write-off")]
    [InlineData(120d, 120, "Write-off, 120.00 USD in all")]
    [InlineData(0d, 60, "Write-off")]
    [InlineData(-50d, 60, "Write-off")]
    public void An_amount_is_judged_by_what_it_comes_to_in_all_and_by_itself_at_least(
        double? inAll, double judged, string told)
    {
        Money? all = inAll is { } amount ? Money.Of((decimal)amount, "USD") : null;

        var wish = new ApprovalWish<string>(
            "write-off", "US01", Money.Of(60, "USD"), "Write-off", "request", InAll: all);

        (wish.Judged, wish.Told).ShouldBe((Money.Of((decimal)judged, "USD"), told));
    }

    /// <summary>Bands are of the books' currency: in another one an amount is compared with none of them.</summary>
    [Fact]
    public void An_amount_of_another_currency_is_judged_by_what_it_is_in_the_books()
    {
        var wish = new ApprovalWish<string>(
            "write-off", "US01", Money.Of(60, "EUR"), "Write-off", "request", InAll: Money.Of(120, "EUR"));
        var inBooks = wish with { InBooks = Money.Of(132, "USD") };

        (wish.Judged, wish.Told).ShouldBe((Money.Of(120, "EUR"), "Write-off, 120.00 EUR in all"));
        (inBooks.Judged, inBooks.Told).ShouldBe((Money.Of(132, "USD"), "Write-off, 120.00 EUR in all"));
    }

    [Fact]
    public void A_matrix_has_bands_that_do_not_overlap_and_leave_nothing_out()
    {
        IReadOnlyList<ApprovalRule>[] wrong =
        [
            [new("write-off", 100, 1, "controller")],
            [new("write-off", null, 1, "controller"), new("write-off", null, 2, "controller")],
            [new("write-off", null, 1)], [new("write-off", null, 6, "controller")], [new("lunch", null, 0)],
            [new("write-off", null, 1, "controller", "Not A Role")],
            [new("write-off", -1, 1, "controller"), new("write-off", null, 1, "controller")],
        ];

        foreach (var rules in wrong)
        {
            ApprovalMatrix.Initial.Define(new ApprovalMatrixDefined("US01", rules, "USD")).Refusal!.Code
                .ShouldBe("invalid-approval-matrix");
        }

        var matrix = ApprovalMatrix.Evolve(ApprovalMatrix.Initial, Defined);
        matrix.Define(Defined with { Rules = [.. Defined.Rules] }).Events.ShouldBeEmpty();
        matrix.Define(Defined with { BaseCurrency = "EUR" }).Events.ShouldHaveSingleItem();
        ApprovalMatrix.Initial.Define(new ApprovalMatrixDefined(
            "US01", [.. ApprovalKinds.All.Select(kind => new ApprovalRule(kind, null, 1, "controller"))], "USD"))
            .Events.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("credit-manager", 5_000, 0)]
    [InlineData("credit-manager", 5_000.01, 2)]
    [InlineData("ar-manager", 5_000, 1)]
    public void Who_may_decide_alone_needs_nobody_up_to_their_band(string role, double amount, int needed) =>
        ApprovalMatrix.Evolve(ApprovalMatrix.Initial, Defined)
            .Required("write-off", Money.Of((decimal)amount, "USD"), new HashSet<string> { role }).Approvals
            .ShouldBe(needed);

    /// <summary>What must be approved whatever its amount goes to who decides in the next band where somebody must.
    /// </summary>
    [Fact]
    public void What_must_always_be_approved_needs_what_the_next_band_needs()
    {
        var matrix = ApprovalMatrix.Evolve(ApprovalMatrix.Initial, Defined);
        var (small, large) = (Money.Of(1, "USD"), Money.Of(1_000_000, "USD"));
        var first = Defined.Rules.First(rule => rule.Kind == "write-off" && rule.Approvals > 0);

        matrix.Required("write-off", small, NoRoles).Approvals.ShouldBe(0);
        matrix.Required("write-off", small, NoRoles, always: true).Approvals.ShouldBe(first.Approvals);
        matrix.Required("write-off", large, NoRoles, always: true)
            .ShouldBeEquivalentTo(matrix.Required("write-off", large, NoRoles));
        matrix.Required("nothing", small, NoRoles, always: true).Approvals.ShouldBe(0);
    }

    [Fact]
    public void Bands_without_a_currency_compare_with_nothing() =>
        ApprovalMatrix.Evolve(ApprovalMatrix.Initial, Defined with { BaseCurrency = null })
            .Required("write-off", Money.Of(1, "USD"), NoRoles).Approvals.ShouldBe(2);

    [Fact]
    public void A_replica_takes_what_is_newer_and_nothing_else()
    {
        var matrix = ApprovalMatrix.Evolve(ApprovalMatrix.Initial, Defined with { OwnerVersion = 3 });

        matrix.Learn(Defined with { OwnerVersion = 3 }).Events.ShouldBeEmpty();
        matrix.Learn(Defined with { OwnerVersion = 2, Rules = [] }).Events.ShouldBeEmpty();
        matrix.Learn(Defined with { OwnerVersion = 4, Rules = [] }).Events.ShouldHaveSingleItem();
        ApprovalMatrix.Initial.Learn(Defined with { OwnerVersion = 1 }).Events.ShouldHaveSingleItem();
    }

    [Fact]
    public void I19_who_asks_never_approves_nobody_above_their_band_and_nobody_twice()
    {
        Approvals.Given(Requested).When(approval => Approve(approval, "ana", "controller")).ThenRefused("own-request");
        Approvals.Given(Requested).When(approval => Approve(approval, "bob", "ar-manager"))
            .ThenRefused("above-authority");
        Approvals.Given(Requested, new ApprovalGiven("bob")).When(approval => Approve(approval, "bob", "controller"))
            .ThenRefused("approved-already");
        Approvals.Given(Requested).When(approval => Reject(approval, "ana", "controller"))
            .ThenRefused("own-request");
    }

    [Fact]
    public void The_last_approval_grants_and_a_rejection_ends_it()
    {
        Approvals.Given(Requested).When(approval => Approve(approval, "bob", "controller"))
            .Then(new ApprovalGiven("bob"));
        Approvals.Given(Requested, new ApprovalGiven("bob")).When(approval => Approve(approval, "eve", "controller"))
            .Then(new ApprovalGiven("eve"), new ApprovalGranted());
        Approvals.Given(Requested, new ApprovalRejected("bob")).When(approval => Approve(approval, "eve", "controller"))
            .ThenRefused("approval-decided");
    }

    [Fact]
    public void Who_asked_may_take_it_back_while_it_waits()
    {
        Approvals.Given(Requested, new ApprovalGiven("bob")).When(approval => ApprovalDecider.Withdraw(approval, "ana"))
            .Then(new ApprovalWithdrawn("ana"));
        Approvals.Given(Requested).When(approval => ApprovalDecider.Withdraw(approval, "bob"))
            .ThenRefused("not-your-request");
        Approvals.Given(Requested, new ApprovalWithdrawn("ana"))
            .When(approval => Approve(approval, "bob", "controller")).ThenRefused("approval-decided");
    }

    [Fact]
    public void After_its_time_nobody_approves_it_and_it_ends_by_itself()
    {
        var soon = Requested with { ExpiresAt = Now.AddHours(1) };
        var past = Requested with { ExpiresAt = Now };

        Approvals.Given(soon).When(approval => Approve(approval, "bob", "controller")).Then(new ApprovalGiven("bob"));
        Approvals.Given(past).When(approval => Approve(approval, "bob", "controller")).ThenRefused("approval-expired");
        Approvals.Given(soon).When(approval => ApprovalDecider.Expire(approval, Now)).ThenNothing();
        Approvals.Given(Requested).When(approval => ApprovalDecider.Expire(approval, Now)).ThenNothing();
        Approvals.Given(past).When(approval => ApprovalDecider.Expire(approval, Now)).Then(new ApprovalExpired());
        Approvals.Given(past, new ApprovalExpired()).When(approval => ApprovalDecider.Expire(approval, Now))
            .ThenNothing();
    }

    [Fact]
    public void Customers_of_a_risk_class_with_bands_of_its_own_are_judged_by_these()
    {
        var matrix = ApprovalMatrix.Evolve(ApprovalMatrix.Initial, Defined with
        {
            Rules = [.. Defined.Rules, new("write-off", null, 3, "cfo", RiskClass: "E")],
        });

        matrix.Define(matrix.Definition!).IsRefused.ShouldBeFalse();
        matrix.Required("write-off", Money.Of(1, "USD"), NoRoles, "E").Approvals.ShouldBe(3);
        matrix.Required("write-off", Money.Of(1, "USD"), NoRoles, "A").Approvals.ShouldBe(0);
        matrix.Required("write-off", Money.Of(1, "USD"), NoRoles).Approvals.ShouldBe(0);
        matrix.Define(Defined with { Rules = [new("write-off", null, 1, "cfo", RiskClass: "E")] }).Refusal!.Code
            .ShouldBe("invalid-approval-matrix", "customers of no class would need nobody");
    }

    [Theory]
    [InlineData(5_000, "ar-manager")]
    [InlineData(5_000.01, "controller")]
    public void A_role_may_have_a_lower_bound_too(double amount, string roles)
    {
        var matrix = ApprovalMatrix.Evolve(ApprovalMatrix.Initial, Defined with
        {
            Rules = [.. Defined.Rules.Take(2), new("write-off", null, 2, "controller", "cfo", NotBelow: true)],
        });

        string.Join(',', matrix.Required("write-off", Money.Of((decimal)amount, "USD"), NoRoles).Roles)
            .ShouldBe(roles);
        matrix.Required("write-off", Money.Of((decimal)amount, "USD"), new HashSet<string> { "cfo" }).Approvals
            .ShouldBe(amount > 5_000 ? 0 : 1);
    }

    [Fact]
    public void Whoever_is_away_is_stood_for_by_one_they_named_and_both_count_as_one()
    {
        Approvals.Given(Requested).When(approval => Decide(approval, "dan", Lent("bob", "controller")))
            .Then(new ApprovalGiven("dan", "bob"));
        Approvals.Given(Requested, new ApprovalGiven("dan", "bob"))
            .When(approval => Approve(approval, "bob", "controller")).ThenRefused("approved-already");
        Approvals.Given(Requested, new ApprovalGiven("dan", "bob"))
            .When(approval => Approve(approval, "dan", "controller")).ThenRefused("approved-already");
        Approvals.Given(Requested, new ApprovalGiven("bob"))
            .When(approval => Decide(approval, "dan", Lent("bob", "controller"))).ThenRefused("approved-already");
        Approvals.Given(Requested, new ApprovalGiven("bob"))
            .When(approval => Decide(approval, "dan", Lent("bob", "controller"), Lent("eve", "controller")))
            .Then(new ApprovalGiven("dan", "eve"), new ApprovalGranted());
        Approvals.Given(Requested)
            .When(approval => ApprovalDecider.Reject(
                approval, new Authority("dan", NoRoles, [Lent("bob", "controller")])))
            .Then(new ApprovalRejected("dan", "bob"));
    }

    [Fact]
    public void I19_who_asks_lends_nobody_the_authority_for_it()
    {
        Approvals.Given(Requested).When(approval => Decide(approval, "dan", Lent("ana", "controller")))
            .ThenRefused("above-authority");
        Approvals.Given(Requested).When(approval => Decide(approval, "ana", Lent("bob", "controller")))
            .ThenRefused("own-request");
        Approvals.Given(Requested).When(approval => Decide(approval, "dan", Lent("bob", "ar-manager")))
            .ThenRefused("above-authority");
    }

    [Fact]
    public void What_has_waited_long_may_be_decided_by_others_too()
    {
        var soon = Requested with { EscalatesAt = Now.AddHours(1), EscalatesTo = "cfo" };
        var late = soon with { EscalatesAt = Now };

        Approvals.Given(soon).When(approval => ApprovalDecider.Escalate(approval, Now)).ThenNothing();
        Approvals.Given(Requested).When(approval => ApprovalDecider.Escalate(approval, Now)).ThenNothing();
        Approvals.Given(late).When(approval => ApprovalDecider.Escalate(approval, Now))
            .Then(new ApprovalEscalated("cfo"));
        Approvals.Given(late, new ApprovalEscalated("cfo")).When(approval => ApprovalDecider.Escalate(approval, Now))
            .ThenNothing();
        Approvals.Given(late, new ApprovalRejected("bob")).When(approval => ApprovalDecider.Escalate(approval, Now))
            .ThenNothing();
        Approvals.Given(late).When(approval => Approve(approval, "cleo", "cfo")).ThenRefused("above-authority");
        Approvals.Given(late, new ApprovalEscalated("cfo")).When(approval => Approve(approval, "cleo", "cfo"))
            .Then(new ApprovalGiven("cleo"));
        Approvals.Given(late, new ApprovalEscalated("cfo")).When(approval => Approve(approval, "bob", "controller"))
            .Then(new ApprovalGiven("bob"));
        ApprovalMatrix.Initial.Define(Defined with
        {
            Rules = [new("write-off", null, 1, "controller", Escalation: new Escalation("cfo", 0))],
        }).Refusal!.Code.ShouldBe("invalid-approval-matrix");
    }

    [Fact]
    public void INV09_who_may_decide_may_want_to_know_more_and_it_waits_until_somebody_knows_enough()
    {
        var required = new ApprovalResearchRequired("bob");

        Approvals.Given(Requested).When(approval => Research(approval, "bob", "controller")).Then(required);
        Approvals.Given(Requested, required).When(approval => Research(approval, "bob", "controller")).ThenNothing();
        Approvals.Given(Requested).When(approval => Research(approval, "bob", "clerk")).ThenRefused("above-authority");
        Approvals.Given(Requested).When(approval => Research(approval, "ana", "controller"))
            .ThenRefused("own-request");
        Approvals.Given(Requested, new ApprovalRejected("eve"))
            .When(approval => Research(approval, "bob", "controller")).ThenRefused("approval-decided");
        Approvals.Given(Requested, required).When(approval => Approve(approval, "cid", "controller"))
            .ThenState(approval => (approval.Status, approval.ResearchRequiredBy, approval.ApprovedBy.Count)
                .ShouldBe((ApprovalStatus.Waiting, null, 1)));
        Approvals.Given(Requested, required).When(approval => Reject(approval, "bob", "controller"))
            .ThenState(approval => (approval.Status, approval.ResearchRequiredBy)
                .ShouldBe((ApprovalStatus.Rejected, null)));
    }

    private static Decision Research(Approval approval, string by, string role) =>
        ApprovalDecider.RequireResearch(approval, new Authority(by, new HashSet<string> { role }, []));

    private static Decision Approve(Approval approval, string by, string role) =>
        ApprovalDecider.Approve(approval, new Authority(by, new HashSet<string> { role }, []), Now);

    private static Decision Decide(Approval approval, string by, params DelegatedRoles[] delegated) =>
        ApprovalDecider.Approve(approval, new Authority(by, NoRoles, delegated), Now);

    private static Decision Reject(Approval approval, string by, string role) =>
        ApprovalDecider.Reject(approval, new Authority(by, new HashSet<string> { role }, []));

    private static DelegatedRoles Lent(string by, params string[] roles) => new(by, roles);
}
