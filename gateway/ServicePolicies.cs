using Microsoft.AspNetCore.Authorization;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Gateway;

/// <summary>
/// A first check at the door, named in the routes: reads need the service's <c>:read</c> scope, everything else its
/// <c>:write</c>.
/// The service checks again, with entity and authority.
/// </summary>
internal static class ServicePolicies
{
    public static void AddServicePolicies(this AuthorizationBuilder policies) => policies
        .AddPolicy("invoicing", policy => policy.RequireScope(Scopes.InvoicingRead, Scopes.InvoicingWrite))
        .AddPolicy("books", policy =>
            policy.RequireScopeOr(Scopes.InvoicingRead, Scopes.InvoicingBooks, Scopes.Admin))
        .AddPolicy("invoicing-admin", policy => policy.RequireScope(Scopes.InvoicingRead, Scopes.Admin))
        .AddPolicy("cash", policy => policy.RequireScope(Scopes.CashRead, Scopes.CashWrite))
        .AddPolicy("cash-policies", policy => policy.RequireScope(Scopes.CashRead, Scopes.Admin))
        .AddPolicy("collections", policy => policy.RequireScope(Scopes.CollectionsRead, Scopes.CollectionsWrite))
        .AddPolicy("collections-policies", policy => policy.RequireScope(Scopes.CollectionsRead, Scopes.Admin))
        .AddPolicy("credit", policy => policy.RequireScope(Scopes.CreditRead, Scopes.CreditWrite))
        .AddPolicy("credit-orders", policy => policy.RequireScopeOr(
            Scopes.CreditRead, Scopes.CreditOrders, Scopes.CreditOrders, Scopes.CreditWrite))
        .AddPolicy("credit-policies", policy => policy.RequireScope(Scopes.CreditRead, Scopes.Admin))
        .AddPolicy("approvals", policy => policy.RequireScope(Scopes.ApprovalsDecide))
        .AddPolicy("admin", policy => policy.RequireScope(Scopes.Admin));
}
