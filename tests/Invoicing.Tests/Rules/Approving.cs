using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Rules;

public class Approving
{
    private static readonly string[] Kinds = ["credit-memo", "write-off"];

    private static readonly ApprovalMatrixDefined Defined = new("US01",
    [
        new("write-off", 100, 0), new("write-off", 5_000, 1, "ar-manager"), new("write-off", null, 2, "controller"),
    ]);

    private static readonly DeciderSpec<Approval> Approvals = new(Approval.Initial, Approval.Evolve);

    private static readonly ApprovalRequested Requested = new(
        "write-off", "US01", Some.Usd(9_000), "INV-1", "ana", 2, ["controller"], "{}");

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

        var required = matrix.Required(kind, Money.Of((decimal)amount, currency), "USD");

        (required.Approvals, string.Join(',', required.Roles)).ShouldBe((needed, roles));
    }

    [Fact]
    public void A_matrix_has_bands_that_do_not_overlap_and_leave_nothing_out()
    {
        IReadOnlyList<ApprovalRule>[] wrong =
        [
            [new("write-off", 100, 1, "controller")],
            [new("write-off", null, 1, "controller"), new("write-off", null, 2, "controller")],
            [new("write-off", null, 1)], [new("write-off", null, 6, "controller")], [new("refund", null, 0)],
            [new("write-off", -1, 1, "controller"), new("write-off", null, 1, "controller")],
        ];

        foreach (var rules in wrong)
        {
            ApprovalMatrix.Initial.Define(new ApprovalMatrixDefined("US01", rules), Kinds).Refusal!.Code
                .ShouldBe("invalid-approval-matrix");
        }

        var matrix = ApprovalMatrix.Evolve(ApprovalMatrix.Initial, Defined);
        matrix.Define(Defined with { Rules = [.. Defined.Rules] }, Kinds).Events.ShouldBeEmpty();
    }

    [Fact]
    public void I19_who_asks_never_approves_nobody_above_their_band_and_nobody_twice()
    {
        Approvals.Given(Requested).When(approval => Approve(approval, "ana", "controller")).ThenRefused("own-request");
        Approvals.Given(Requested).When(approval => Approve(approval, "bob", "ar-manager"))
            .ThenRefused("above-authority");
        Approvals.Given(Requested, new ApprovalGiven("bob")).When(approval => Approve(approval, "bob", "controller"))
            .ThenRefused("approved-already");
        Approvals.Given(Requested).When(approval => approval.Reject("ana", new HashSet<string> { "controller" }))
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

    private static Decision Approve(Approval approval, string by, string role) =>
        approval.Approve(by, new HashSet<string> { role });
}
