/** Metadata keys of Nest. */
export const PARAMETER_TYPES = 'design:paramtypes';
export const DECLARED_PARAMETERS = 'self:paramtypes';
export const DECLARED_PROPERTIES = 'self:properties_metadata';
export const INJECTABLE = '__injectable__';
export const SCOPE = 'scope:options';
export const ROUTE_ARGUMENTS = '__routeArguments__';

/** Metadata keys of `@nestjs/swagger`. */
export const API_PARAMETERS = 'swagger/apiParameters';
export const API_HEADERS = 'swagger/apiHeaders';
export const API_PROPERTY_NAMES = 'swagger/apiModelPropertiesArray';
