{{- define "cam.fullname" -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "cam.selector" -}}
app.kubernetes.io/name: cam
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: app
{{- end -}}

{{- define "cam.labels" -}}
app: cam
{{ include "cam.selector" . }}
app.kubernetes.io/version: {{ .Values.image.tag | quote }}
app.kubernetes.io/part-of: complete-arbitration-mesh
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "cam.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag }}
{{- end -}}
{{- end -}}

{{- define "cam.config" -}}
CAM_MESH_ID: {{ .Values.mesh.meshId | quote }}
CAM_NODE_TYPE: {{ .Values.mesh.nodeType | quote }}
CAM_CONSENSUS_ALGORITHM: {{ .Values.mesh.consensus.algorithm | quote }}
CAM_CONSENSUS_THRESHOLD: {{ .Values.mesh.consensus.threshold | quote }}
CAM_ARBITRATION_TIMEOUT: {{ .Values.mesh.arbitration.timeout | quote }}
CAM_ARBITRATION_MAX_PARTICIPANTS: {{ .Values.mesh.arbitration.maxParticipants | quote }}
{{- end -}}

{{- /* The pods that always run. */ -}}
{{- define "cam.floor" -}}
{{- if .Values.autoscaling.enabled }}{{ .Values.autoscaling.minReplicas }}{{ else }}{{ .Values.replicaCount }}{{ end -}}
{{- end -}}
