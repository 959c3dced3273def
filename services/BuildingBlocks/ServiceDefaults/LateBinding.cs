using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace OrderToCash;

/// <summary>
/// <c>MapGet</c>, <c>MapPost</c>, <c>MapPut</c> and <c>MapDelete</c> as the framework's, for all code in
/// <c>OrderToCash</c>: what differs is that the code which reads a request into the handler's parameters is made when the
/// first request comes, and not for every endpoint at the start. Of a start's CPU a fifth went there, for endpoints
/// most of which an instance is not asked for in its first hour (figures in <c>tests/Benchmarks/README.md</c>).
/// Metadata, and with it the OpenAPI document and who may call, is there from the start.
/// </summary>
/// <remarks>
/// A handler that cannot be bound is found out late, too: <see cref="Handler.Bind"/> is what a test calls for every
/// endpoint of a service.
/// </remarks>
public static class LateBinding
{
    private static readonly string[] _get = [HttpMethods.Get];
    private static readonly string[] _post = [HttpMethods.Post];
    private static readonly string[] _put = [HttpMethods.Put];
    private static readonly string[] _delete = [HttpMethods.Delete];

    /// <summary>Maps GET requests for the pattern.</summary>
    public static RouteHandlerBuilder MapGet(this IEndpointRouteBuilder routes, string pattern, Delegate handler) =>
        Map(routes, pattern, handler, _get);

    /// <summary>Maps POST requests for the pattern.</summary>
    public static RouteHandlerBuilder MapPost(this IEndpointRouteBuilder routes, string pattern, Delegate handler) =>
        Map(routes, pattern, handler, _post);

    /// <summary>Maps PUT requests for the pattern.</summary>
    public static RouteHandlerBuilder MapPut(this IEndpointRouteBuilder routes, string pattern, Delegate handler) =>
        Map(routes, pattern, handler, _put);

    /// <summary>Maps DELETE requests for the pattern.</summary>
    public static RouteHandlerBuilder MapDelete(this IEndpointRouteBuilder routes, string pattern, Delegate handler) =>
        Map(routes, pattern, handler, _delete);

    private static RouteHandlerBuilder Map(
        IEndpointRouteBuilder routes, string pattern, Delegate handler, IEnumerable<string> methods) =>
        RouteHandlerServices.Map(
            routes, pattern, handler, methods, RequestDelegateFactory.InferMetadata, Create, handler.Method);

    private static RequestDelegateResult Create(
        Delegate handler, RequestDelegateFactoryOptions options, RequestDelegateMetadataResult? metadata)
    {
        var late = new Handler(() => RequestDelegateFactory.Create(handler, options, metadata).RequestDelegate);
        options.EndpointBuilder?.Metadata.Add(late);
        return new RequestDelegateResult(context => late.Bind()(context), metadata?.EndpointMetadata.ToArray() ?? []);
    }

    /// <summary>Metadata of an endpoint: what answers its requests.</summary>
    public sealed class Handler
    {
        private readonly Lazy<RequestDelegate> _delegate;

        internal Handler(Func<RequestDelegate> create) => _delegate = new(create);

        /// <summary>Its request delegate, made at the first call; throws where parameters cannot be bound.</summary>
        public RequestDelegate Bind() => _delegate.Value;
    }
}
